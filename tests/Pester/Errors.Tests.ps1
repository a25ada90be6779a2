BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:ca = $session.Ca
}

AfterAll { Exit-TestSession }

Describe 'An error' {
    It 'for one certificate does not stop the others' {
        $certificate = New-ConvoxCertificate still.example.org -Issuer self-signed
        $found = 'nothing', $certificate.Id | Get-ConvoxCertificate -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Id | Should -Be $certificate.Id
        $problems | Should -HaveCount 1
    }

    It 'has an id, a category and a target' {
        Get-ConvoxCertificate nothing -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Be 'ConvoxSsl.CertificateNotFound,ConvoxSsl.Commands.GetConvoxCertificateCommand'
        $problems[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $problems[0].TargetObject | Should -Be 'nothing'
        $problems[0].Exception.Message | Should -BeLike '*nothing*'
    }

    It 'is caught by try and catch with -ErrorAction Stop' {
        $caught = try { Get-ConvoxCertificate nothing -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
        $caught | Should -BeLike 'ConvoxSsl.CertificateNotFound*'
    }

    It 'is caught by trap' {
        $trapped = & { trap { "trapped $($_.FullyQualifiedErrorId)"; continue } Get-ConvoxCertificate nothing -ErrorAction Stop }
        $trapped | Should -BeLike 'trapped ConvoxSsl.CertificateNotFound*'
    }

    It 'is not recorded with -ErrorAction Ignore' {
        $before = $global:Error.Count
        Get-ConvoxCertificate nothing -ErrorAction Ignore | Should -BeNullOrEmpty
        $global:Error.Count | Should -Be $before
    }

    It 'respects $ErrorActionPreference' {
        { $ErrorActionPreference = 'Stop'; Get-ConvoxCertificate nothing } | Should -Throw -ErrorId 'ConvoxSsl.CertificateNotFound,*'
    }

    It 'sets $?' {
        Get-ConvoxCertificate nothing -ErrorAction SilentlyContinue
        $? | Should -BeFalse
    }

    It 'for an invalid name is InvalidArgument and contains the name: <_>' -ForEach @(
        'not a name', 'a..example.org', '*.*.example.org', '-a.example.org'
    ) {
        New-ConvoxCertificate $_ @ca -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        $problems[0].Exception.Message | Should -BeLike "*$([WildcardPattern]::Escape($_))*"
    }

    It 'from the CA contains the identifier' {
        # No listener responds on the port that the CA connects to.
        $failing = $session.Servers.dnsCa
        New-Item -ItemType Directory "$TestDrive/www" -Force | Out-Null
        $order = @{ Issuer = $failing.directory; CaCertificate = $failing.root; AcceptTermsOfService = $true; WebRoot = "$TestDrive/www" }
        New-ConvoxCertificate unreachable.example.org @order -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ConvoxSsl.*,ConvoxSsl.Commands.NewConvoxCertificateCommand'
        $problems[0].Exception.Message | Should -BeLike '*unreachable.example.org*'
    }

    It 'replaces a prompt in a non-interactive host' {
        $script = "Import-Module '$($session.Module)'; `$c = New-ConvoxCertificate ask.example.org -Issuer self-signed; " +
            'try { Remove-ConvoxCertificate $c.Id -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }'
        Invoke-PowerShell $script @{ CONVOXSSL_HOME = "$TestDrive/unasked" } |
            Should -BeLike 'ConvoxSsl.*,ConvoxSsl.Commands.RemoveConvoxCertificateCommand'
    }

    It 'makes pwsh -File exit with code 1, for schedulers' {
        Set-Content "$TestDrive/job.ps1" "Import-Module '$($session.Module)'; Get-ConvoxCertificate nothing -ErrorAction Stop"
        $pwsh = @(Get-PowerShellCommand)
        $output = & $pwsh[0] @($pwsh | Select-Object -Skip 1) -NoProfile -NonInteractive -File "$TestDrive/job.ps1" 2>&1
        $output | Out-String | Should -BeLike '*nothing*'
        $LASTEXITCODE | Should -Be 1
    }
}

Describe '-WhatIf' {
    It 'describes the operation and its target' {
        $script = "Import-Module '$($session.Module)'; New-ConvoxCertificate if.example.org -Issuer self-signed -WhatIf"
        $text = Invoke-PowerShell $script @{ CONVOXSSL_HOME = "$TestDrive/unasked" }
        "$text" | Should -Be 'What if: Performing the operation "Create a self-signed certificate" on target "if.example.org".'
    }
}
