BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:certificate = New-ConvoxCertificate tab.example.org -Issuer self-signed
    $null = Add-ConvoxDnsSolver 7 example.org -ApiToken $session.Servers.cloudflareToken

    function Complete([string] $Text) { (TabExpansion2 $Text $Text.Length).CompletionMatches }
}

AfterAll { Exit-TestSession }

Describe 'Tab completion' {
    It 'completes the ids of the rack for <_>-ConvoxCertificate' -ForEach 'Get', 'Update', 'Remove', 'Export', 'Revoke', 'Restore', 'Wait' {
        (Complete "$_-ConvoxCertificate cert").CompletionText | Should -Contain $certificate.Id
    }

    It 'completes ids and names of the rack given with -Rack' {
        $other = New-ConvoxCertificate tab.example.net -Issuer self-signed -Rack "$TestDrive/other"
        (Complete "Get-ConvoxCertificate -Rack '$TestDrive/other' -Id ").CompletionText | Should -Be $other.Id, 'tab.example.net'
    }

    It 'completes issuers' {
        (Complete 'New-ConvoxCertificate x.example.org -Issuer lets').CompletionText | Should -Contain 'letsencrypt'
    }

    It 'completes solver ids' {
        (Complete 'Get-ConvoxDnsSolver ').CompletionText | Should -Contain '7'
    }

    It 'completes enumeration values' {
        (Complete 'Get-ConvoxCertificate -Status R').CompletionText | Should -Be 'Ready', 'Revoked'
    }

    It 'returns nothing if nothing matches' {
        (Complete 'Get-ConvoxCertificate -Id nothing').CompletionText | Where-Object { $_ -like 'cert-*' } | Should -BeNullOrEmpty
    }

    It 'does not fail if there is no rack' {
        { Complete "Get-ConvoxCertificate -Rack '$TestDrive/nowhere/at/all' -Id " } | Should -Not -Throw
        (Complete "Get-ConvoxCertificate -Rack '$TestDrive/nowhere/at/all' -Id cert").CompletionText | Should -Not -Contain $certificate.Id
    }
}
