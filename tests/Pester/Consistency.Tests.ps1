# Parameters and defaults that are the same for all cmdlets.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    $script:token = $session.Servers.cloudflareToken
}

AfterAll { Exit-TestSession }

Describe 'DNS solvers' {
    It 'are named by several numbers and wildcards' {
        1..3 | ForEach-Object { $null = Add-ConvoxDnsSolver $_ "z$_.example.org" -HostedZoneId "Z$_" }
        (Get-ConvoxDnsSolver 1, 3).Id | Should -Be 1, 3
        Remove-ConvoxDnsSolver * -Confirm:$false
        Get-ConvoxDnsSolver | Should -BeNullOrEmpty
    }
}

Describe 'A DNS solver without a number' {
    AfterAll { Get-ConvoxDnsSolver | Remove-ConvoxDnsSolver -Confirm:$false }

    It 'gets the next free one, and without one all are tested' {
        (Add-ConvoxDnsSolver -DnsZone example.org -ApiToken $token).Id | Should -Be 1
        (Add-ConvoxDnsSolver -DnsZone example.net -ApiToken $token).Id | Should -Be 2
        $checks = Test-ConvoxDnsSolver -PropagationTimeout 1s
        $checks.DnsSolver | Select-Object -Unique | Should -Be 1, 2
        $checks.Zone | Should -Not -Contain $null
    }
}

Describe '-PassThru' {
    It 'is a parameter of each cmdlet that changes something' {
        $changing = Get-Command -Module ConvoxSsl | Where-Object Verb -In 'Set', 'Revoke', 'Restore', 'Publish'
        foreach ($command in $changing) { $command.Parameters.Keys | Should -Contain PassThru -Because $command.Name }
    }

    It 'with $false returns nothing' {
        Set-ConvoxWebhook https://hooks.example.org/certificates | Should -Not -BeNullOrEmpty
        Set-ConvoxWebhook -Event Failed | Should -Not -BeNullOrEmpty
        Set-ConvoxWebhook -Event Failed -PassThru:$false | Should -BeNullOrEmpty
        Remove-ConvoxWebhook -Confirm:$false
    }
}

Describe '-Id' {
    It 'is a list with wildcards wherever several certificates or solvers make sense' {
        $commands = 'Export-ConvoxCertificate', 'Get-ConvoxCertificate', 'Remove-ConvoxCertificate', 'Restore-ConvoxCertificate',
            'Revoke-ConvoxCertificate', 'Update-ConvoxCertificate', 'Wait-ConvoxCertificate', 'Publish-ConvoxCertificate',
            'Get-ConvoxDnsSolver', 'Set-ConvoxDnsSolver', 'Remove-ConvoxDnsSolver', 'Test-ConvoxDnsSolver'
        foreach ($command in Get-Command $commands) {
            $id = $command.Parameters['Id']
            $id.ParameterType.IsArray | Should -BeTrue -Because $command.Name
            $id.Attributes.TypeId.Name | Should -Contain SupportsWildcardsAttribute -Because $command.Name
        }
    }

    It 'is another name of -Certificate' {
        (Get-Command Set-ConvoxServiceCertificate).Parameters['Certificate'].Aliases | Should -Contain Id
        (Get-Command Show-ConvoxExpiry).Parameters['Certificate'].Aliases | Should -Contain Id
    }
}

Describe 'A connection' {
    It 'says that it creates a new rack' {
        Connect-ConvoxRack "$TestDrive/new" -InformationVariable said | Out-Null
        Disconnect-ConvoxRack
        "$said" | Should -BeLike '*A new one will be created there.*'
    }
}
