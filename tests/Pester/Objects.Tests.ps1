# Objects in scripts: formatting, serialization, jobs and runspaces.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:certificate = New-ConvoxCertificate object.example.org, second.example.org -Issuer self-signed -Duration 90d
    $script:solver = Add-ConvoxDnsSolver 1 example.org -ApiToken $session.Servers.cloudflareToken
    $script:webhook = Set-ConvoxWebhook "$($session.Servers.webhook)/secret-path" -CaCertificate $session.Servers.webhookRoot
    $script:rendering = $PSStyle.OutputRendering
    $PSStyle.OutputRendering = 'PlainText'
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Exit-TestSession
}

Describe 'Objects' {
    It 'are formatted as a table with the columns of convox certs' {
        $text = $certificate | Out-String -Width 160
        ($text -split '\r?\n' | Where-Object { $_ -match '\S' })[0] | Should -Match '(?i)^!\s+ID\s+DOMAIN.*\s+EXPIRES'
        $text | Should -Match ([regex]::Escape($certificate.Id.Substring(0, 14)))
        $text | Should -Match 'days? from now|in \d+d|months? from now'
    }

    It 'are formatted without colour codes in plain text' {
        $certificate, $solver | ForEach-Object { $_ | Out-String | Should -Not -Match "`e" }
    }

    It 'are formatted as a list with all properties' {
        $certificate | Format-List * | Out-String | Should -Match 'Thumbprint'
    }

    It 'convert to text that the cmdlets accept' {
        "$certificate" | Should -Be $certificate.Id
        (Get-ConvoxCertificate "$certificate").Id | Should -Be $certificate.Id
        "$solver" | Should -Be '1'
    }

    It 'convert to JSON of bounded size, without secrets' {
        $json = $certificate, $solver, $webhook | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
        $json | Should -Not -Match ([regex]::Escape($session.Servers.cloudflareToken))
        $json | Should -Not -Match 'PRIVATE KEY'
        $json | Should -Not -Match 'whsec_'
        ($json | ConvertFrom-Json)[0].Id | Should -Be $certificate.Id
        $json.Length | Should -BeLessThan 200000
    }

    It 'keep their properties and view through Export-Clixml' {
        $certificate | Export-Clixml "$TestDrive/certificate.xml"
        $back = Import-Clixml "$TestDrive/certificate.xml"
        $back.Id | Should -Be $certificate.Id
        $back.Domains | Should -Be $certificate.Domains
        [datetimeoffset] $back.Expires | Should -Be $certificate.Expires
        $back.PSObject.TypeNames | Should -Contain 'Deserialized.ConvoxSsl.ConvoxCertificate'
        ($back | Get-ConvoxCertificate).Id | Should -Be $certificate.Id
    }

    It 'can be sorted, grouped and selected' {
        $other = New-ConvoxCertificate sort.example.org -Issuer self-signed -Duration 5d
        (Get-ConvoxCertificate | Sort-Object Expires | Select-Object -First 1).Id | Should -Be $other.Id
        (Get-ConvoxCertificate | Group-Object Status).Name | Should -Be 'Ready'
        ($certificate | Select-Object Domain, Expires | ConvertTo-Csv)[1] | Should -BeLike '"object.example.org",*'
    }
}

Describe 'Jobs and runspaces' {
    It 'Start-Job returns objects that can be piped to cmdlets' {
        $module = $session.Module
        $job = Start-Job { Import-Module $using:module; Get-ConvoxCertificate -Domain object.example.org }
        try { $received = $job | Receive-Job -Wait } finally { $job | Remove-Job -Force }
        $received.Id | Should -Be $certificate.Id
        ($received | Get-ConvoxCertificate).Thumbprint | Should -Be $certificate.Thumbprint
    }

    It 'Start-ThreadJob issues concurrently with this session' {
        $module = $session.Module
        $job = Start-ThreadJob { Import-Module $using:module; New-ConvoxCertificate thread.example.org -Issuer self-signed }
        try { $received = $job | Receive-Job -Wait } finally { $job | Remove-Job -Force }
        $received | Should -BeOfType ConvoxSsl.ConvoxCertificate
        (Get-ConvoxCertificate $received.Id).Domain | Should -Be 'thread.example.org'
    }

    It 'ForEach-Object -Parallel issues several certificates at once' {
        $dnsCa, $module = $session.DnsCa, $session.Module
        $made = 'x1.example.org', 'x2.example.org', 'x3.example.org' | ForEach-Object -Parallel {
            Import-Module $using:module
            $ca = $using:dnsCa
            New-ConvoxCertificate $_ @ca
        } -ThrottleLimit 3
        $made.Domain | Sort-Object | Should -Be 'x1.example.org', 'x2.example.org', 'x3.example.org'
        $made.Status | Should -Not -Contain 'Failed'
        @(Get-ConvoxAcmeAccount).Count | Should -Be 1
    }
}
