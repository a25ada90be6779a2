BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:ca = $session.Ca
}

AfterAll { Exit-TestSession }

Describe 'An error' {
    It 'of one certificate does not stop the next' {
        $certificate = New-ConvoxCertificate still.example.org -Issuer self-signed
        $found = 'nothing', $certificate.Id | Get-ConvoxCertificate -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Id | Should -Be $certificate.Id
        $problems | Should -HaveCount 1
    }

    It 'has an id, a category and the thing that it is about' {
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

    It 'is not written for -ErrorAction Ignore' {
        $before = $global:Error.Count
        Get-ConvoxCertificate nothing -ErrorAction Ignore | Should -BeNullOrEmpty
        $global:Error.Count | Should -Be $before
    }

    It 'goes with $ErrorActionPreference' {
        { $ErrorActionPreference = 'Stop'; Get-ConvoxCertificate nothing } | Should -Throw -ErrorId 'ConvoxSsl.CertificateNotFound,*'
    }

    It 'sets $?' {
        Get-ConvoxCertificate nothing -ErrorAction SilentlyContinue
        $? | Should -BeFalse
    }

    It 'names a bad name before anything is asked, for <_>' -ForEach 'not a name', 'a..example.org', '*.*.example.org', '-a.example.org' {
        New-ConvoxCertificate $_ @ca -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        $problems[0].Exception.Message | Should -BeLike "*$([WildcardPattern]::Escape($_))*"
    }

    It 'of the CA names the problem' {
        # Nobody answers at the port where the CA looks.
        $failing = $session.Servers.dnsCa
        New-Item -ItemType Directory "$TestDrive/www" -Force | Out-Null
        New-ConvoxCertificate unreachable.example.org -Issuer $failing.directory -CaCertificate $failing.root -AcceptTermsOfService -WebRoot "$TestDrive/www" -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'ConvoxSsl.*,ConvoxSsl.Commands.NewConvoxCertificateCommand'
        $problems[0].Exception.Message | Should -BeLike '*unreachable.example.org*'
    }

    It 'that needs an answer says so where nobody can be asked' {
        $script = "Import-Module '$($session.Module)'; `$c = New-ConvoxCertificate ask.example.org -Issuer self-signed; try { Remove-ConvoxCertificate `$c.Id -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        Invoke-PowerShell $script @{ CONVOXSSL_HOME = "$TestDrive/unasked" } | Should -BeLike 'ConvoxSsl.*,ConvoxSsl.Commands.RemoveConvoxCertificateCommand'
    }

    It 'makes pwsh -File end with another code than 0, for schedulers' {
        Set-Content "$TestDrive/job.ps1" "Import-Module '$($session.Module)'; Get-ConvoxCertificate nothing -ErrorAction Stop"
        $pwsh = @(Get-PowerShellCommand)
        & $pwsh[0] @($pwsh | Select-Object -Skip 1) -NoProfile -NonInteractive -File "$TestDrive/job.ps1" 2>&1 | Out-String | Should -BeLike '*nothing*'
        $LASTEXITCODE | Should -Be 1
    }
}

Describe 'What if' {
    It 'tells what would be done, on what' {
        $text = Invoke-PowerShell "Import-Module '$($session.Module)'; New-ConvoxCertificate if.example.org -Issuer self-signed -WhatIf" @{ CONVOXSSL_HOME = "$TestDrive/unasked" }
        "$text" | Should -Be 'What if: Performing the operation "Issue a certificate from self-signed" on target "if.example.org".'
    }
}
