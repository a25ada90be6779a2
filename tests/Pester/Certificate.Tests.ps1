# The life cycle of a certificate, with a real CA if one is installed.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:ca = $session.Ca
}

AfterAll { Exit-TestSession }

Describe 'New-ConvoxCertificate' {
    BeforeAll { $script:issued = New-ConvoxCertificate one.example.org, two.example.org @ca -Duration 30d }

    It 'returns one object of its output type' {
        @($issued).Count | Should -Be 1
        $issued | Should -BeOfType ConvoxSsl.ConvoxCertificate
    }

    It 'returns the names in the given order' {
        $issued.Domains | Should -Be 'one.example.org', 'two.example.org'
        $issued.Domain | Should -Be 'one.example.org'
    }

    It 'returns a usable certificate from the named CA' {
        $issued.Issuer | Should -Be $ca.Issuer
        $issued.Status | Should -Be 'Ready'
        $issued.Generated | Should -BeTrue
        "$($issued.Path)/fullchain.pem" | Should -Exist
        "$($issued.Path)/privkey.pem" | Should -Exist
    }

    It 'returns times in UTC' {
        $issued.Expires | Should -BeOfType System.DateTimeOffset
        $issued.Expires.Offset | Should -Be ([timespan]::Zero)
        $issued.RenewAfter | Should -BeLessThan $issued.Expires
    }

    It 'returns the X509Certificate2 on demand, without the key' {
        $issued.Certificate | Should -BeOfType System.Security.Cryptography.X509Certificates.X509Certificate2
        $issued.Certificate.Thumbprint | Should -Be $issued.Thumbprint
        $issued.Certificate.HasPrivateKey | Should -BeFalse
    }

    It 'returns the existing certificate for the same names in another order' {
        $again = New-ConvoxCertificate two.example.org, one.example.org @ca
        $again.Id | Should -Be $issued.Id
        $again.Version | Should -Be $issued.Version
    }

    It 'warns that a certificate without an issuer is self-signed' {
        $self = New-ConvoxCertificate self.example.org -WarningVariable warned -WarningAction SilentlyContinue
        $self.Issuer | Should -Be 'self-signed'
        $self.Generated | Should -BeFalse
        $warned | Should -HaveCount 1
        "$warned" | Should -BeLike '*-Issuer letsencrypt*'
    }

    It 'does nothing with -WhatIf' {
        New-ConvoxCertificate whatif.example.org -Issuer self-signed -WhatIf | Should -BeNullOrEmpty
        Get-ConvoxCertificate -Domain whatif.example.or? | Should -BeNullOrEmpty
    }

    It 'issues one certificate for each string in the pipeline' {
        $made = 'p1.example.org', 'p2.example.org' | New-ConvoxCertificate -Issuer self-signed
        $made.Domain | Sort-Object | Should -Be 'p1.example.org', 'p2.example.org'
    }

    It 'issues one certificate for an array in the pipeline' {
        $made = , @('p3.example.org', 'p4.example.org') | New-ConvoxCertificate -Issuer self-signed
        @($made).Count | Should -Be 1
        $made.Domains | Should -Be 'p3.example.org', 'p4.example.org'
    }

    It 'binds domain, issuer and duration from CSV columns' {
        Set-Content "$TestDrive/names.csv" 'Domain,Issuer,Duration', 'csv1.example.org,self-signed,10d', 'csv2.example.org,self-signed,20d'
        $made = Import-Csv "$TestDrive/names.csv" | New-ConvoxCertificate | Sort-Object Expires
        $made.Domain | Should -Be 'csv1.example.org', 'csv2.example.org'
        ($made[0].Expires - $made[0].NotBefore).TotalDays | Should -BeGreaterThan 9
        ($made[1].Expires - $made[1].NotBefore).TotalDays | Should -BeGreaterThan 19
    }

    It 'stores nothing with -DryRun' {
        $check = New-ConvoxCertificate dry.example.org @ca -DryRun
        $check | Should -BeOfType ConvoxSsl.ConvoxCheck
        $check.Passed | Should -BeTrue
        Get-ConvoxCertificate -Domain dry.example.or? | Should -BeNullOrEmpty
    }

    It 'runs -OnRenewed with the result' {
        $seen = [System.Collections.Generic.List[object]]::new()
        $null = New-ConvoxCertificate hook.example.org -Issuer self-signed -OnRenewed { $seen.Add($_) }
        $seen | Should -HaveCount 1
        $seen[0].Domain | Should -Be 'hook.example.org'
    }

    It 'validates a wildcard with the DNS solver of its zone' {
        $dnsCa = $session.DnsCa
        $null = Add-ConvoxDnsSolver 9 example.net -ApiToken $session.Servers.cloudflareToken
        $wild = New-ConvoxCertificate '*.example.net' @dnsCa
        $wild.Status | Should -Be 'Ready'
        $wild.Domains | Should -Be '*.example.net'
    }
}

Describe 'Get-ConvoxCertificate' {
    BeforeAll {
        $script:first = New-ConvoxCertificate get1.example.org -Issuer self-signed -Duration 5d
        $script:second = New-ConvoxCertificate get2.example.org, alias.example.org -Issuer self-signed -Duration 300d
    }

    It 'finds by id, by position and from the pipeline' {
        (Get-ConvoxCertificate $first.Id).Id | Should -Be $first.Id
        ($first.Id | Get-ConvoxCertificate).Id | Should -Be $first.Id
        ($first | Get-ConvoxCertificate).Id | Should -Be $first.Id
    }

    It 'finds by a wildcard in the id, without an error if nothing matches' {
        (Get-ConvoxCertificate "$($first.Id.Substring(0, 12))*").Id | Should -Contain $first.Id
        Get-ConvoxCertificate 'nothing-*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'finds by any domain, with wildcards' {
        (Get-ConvoxCertificate -Domain 'alias.*').Id | Should -Be $second.Id
    }

    It 'finds certificates that expire soon' {
        $soon = Get-ConvoxCertificate -Domain get?.example.org -ExpiringWithin 10d
        $soon.Id | Should -Be $first.Id
        (Get-ConvoxCertificate -Domain get?.example.org -ExpiringWithin 10.00:00:00).Id | Should -Be $first.Id
    }

    It 'finds by status and by -Generated' {
        (Get-ConvoxCertificate -Status Ready).Id | Should -Contain $first.Id
        Get-ConvoxCertificate -Status Revoked | Should -BeNullOrEmpty
        (Get-ConvoxCertificate -Generated:$false).Id | Should -Contain $first.Id
        (Get-ConvoxCertificate -Generated).Id | Should -Not -Contain $first.Id
    }
}

Describe 'Update-ConvoxCertificate' {
    BeforeAll { $script:certificate = New-ConvoxCertificate renew.example.org @ca }

    It 'does not renew a certificate that is not due' {
        $result = Update-ConvoxCertificate $certificate.Id
        $result | Should -BeOfType ConvoxSsl.ConvoxRenewal
        $result.Result | Should -Be 'NotDue'
        $result.Reason | Should -BeLike 'Due *'
    }

    It 'renews with -Force and returns the new version' {
        $result = $certificate | Update-ConvoxCertificate -Force
        $result.Result | Should -Be 'Renewed'
        $result.Certificate.Version | Should -Be ($certificate.Version + 1)
        $result.Certificate.SerialNumber | Should -Not -Be $certificate.SerialNumber
    }

    It 'does nothing with -WhatIf' {
        $before = (Get-ConvoxCertificate $certificate.Id).Version
        Update-ConvoxCertificate $certificate.Id -Force -WhatIf | Should -BeNullOrEmpty
        (Get-ConvoxCertificate $certificate.Id).Version | Should -Be $before
    }

    It 'returns a result for every certificate without -Id' {
        $all = Update-ConvoxCertificate
        $all.Id | Should -Contain $certificate.Id
        @($all).Count | Should -Be @(Get-ConvoxCertificate).Count
    }
}

Describe 'Wait-ConvoxCertificate' {
    It 'returns a ready certificate at once' {
        $certificate = New-ConvoxCertificate wait.example.org -Issuer self-signed
        $waited = $certificate | Wait-ConvoxCertificate -Timeout 5s
        $waited | Should -BeOfType ConvoxSsl.ConvoxCertificate
        $waited.Id | Should -Be $certificate.Id
    }

    It 'reports an unknown certificate' {
        Wait-ConvoxCertificate nothing -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConvoxSsl.CertificateNotFound,*'
    }
}

Describe 'Restore-ConvoxCertificate' {
    It 'restores the previous version, or a version by its number' {
        $certificate = New-ConvoxCertificate restore.example.org -Issuer self-signed
        $null = New-ConvoxCertificate restore.example.org -Issuer self-signed -Force
        $back = Restore-ConvoxCertificate $certificate.Id
        $back | Should -BeOfType ConvoxSsl.ConvoxCertificate
        $back.Version | Should -Be 1
        $back.Versions | Should -Be 1, 2
        ($back | Restore-ConvoxCertificate -Version 2).Version | Should -Be 2
    }

    It 'does nothing with -WhatIf' {
        $id = (Get-ConvoxCertificate -Domain restore.example.org).Id
        Restore-ConvoxCertificate $id -Version 1 -WhatIf | Should -BeNullOrEmpty
        (Get-ConvoxCertificate $id).Version | Should -Be 2
    }
}

Describe 'Export-ConvoxCertificate and Import-ConvoxCertificate' {
    BeforeAll {
        $script:certificate = New-ConvoxCertificate carry.example.org -Issuer self-signed
        $script:password = [System.Net.NetworkCredential]::new('', 'a password of the tests').SecurePassword
    }

    It 'exports a PFX archive that .NET can open with the password' {
        $file = Export-ConvoxCertificate $certificate.Id "$TestDrive/site.pfx" -Password $password
        $file | Should -BeOfType ConvoxSsl.ConvoxFile
        $opened = Get-PfxCertificate $file.FullName -Password $password
        $opened.Thumbprint | Should -Be $certificate.Thumbprint
    }

    It 'exports PEM files from the pipeline' {
        $files = $certificate | Export-ConvoxCertificate -Path "$TestDrive/pem"
        $files | Should -Not -BeNullOrEmpty
        $files | ForEach-Object { $_ | Should -BeOfType ConvoxSsl.ConvoxFile }
        $files.Name | Should -Contain 'privkey.pem'
    }

    It 'writes no file with -WhatIf' {
        Export-ConvoxCertificate $certificate.Id "$TestDrive/not.pfx" -Password $password -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/not.pfx" | Should -Not -Exist
    }

    It 'overwrites only with -Force' {
        Set-Content "$TestDrive/there.pfx" 'something else'
        { Export-ConvoxCertificate $certificate.Id "$TestDrive/there.pfx" -Password $password -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.*'
        (Export-ConvoxCertificate $certificate.Id "$TestDrive/there.pfx" -Password $password -Force).Length | Should -BeGreaterThan 100
    }

    It 'imports an exported archive from the pipeline' {
        $null = Export-ConvoxCertificate $certificate.Id "$TestDrive/back.pfx" -Password $password -Force
        $imported = Get-Item "$TestDrive/back.pfx" | Import-ConvoxCertificate -Password $password
        $imported | Should -BeOfType ConvoxSsl.ConvoxCertificate
        $imported.Issuer | Should -Be 'imported'
        $imported.Thumbprint | Should -Be $certificate.Thumbprint
        $imported.Id | Should -Not -Be $certificate.Id
    }

    It 'imports PEM files by position, and nothing with -WhatIf' {
        $live = $certificate.Path
        $before = @(Get-ConvoxCertificate).Count
        Import-ConvoxCertificate "$live/cert.pem" "$live/privkey.pem" -WhatIf | Should -BeNullOrEmpty
        @(Get-ConvoxCertificate).Count | Should -Be $before
        (Import-ConvoxCertificate "$live/cert.pem" "$live/privkey.pem").Domain | Should -Be 'carry.example.org'
    }

    It 'reports a wrong password' {
        $wrong = [System.Net.NetworkCredential]::new('', 'wrong').SecurePassword
        { Import-ConvoxCertificate "$TestDrive/back.pfx" -Password $wrong -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.*,*ImportConvoxCertificateCommand'
    }
}

Describe 'Revoke-ConvoxCertificate' {
    It 'revokes at the CA, does nothing with -WhatIf, and returns an object with -PassThru' {
        $certificate = New-ConvoxCertificate revoke.example.org @ca
        $certificate | Revoke-ConvoxCertificate -WhatIf | Should -BeNullOrEmpty
        (Get-ConvoxCertificate $certificate.Id).Status | Should -Be 'Ready'
        $revoked = $certificate | Revoke-ConvoxCertificate -Reason Superseded -PassThru -Confirm:$false
        $revoked | Should -BeOfType ConvoxSsl.ConvoxCertificate
        $revoked.Status | Should -Be 'Revoked'
    }

    It 'asks for confirmation by default' {
        $type = (Get-Command Revoke-ConvoxCertificate).ImplementingType
        $attribute = $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0]
        $attribute.ConfirmImpact | Should -Be 'High'
    }
}

Describe 'Remove-ConvoxCertificate' {
    It 'removes the certificates in the pipeline, without output' {
        $made = 'gone1.example.org', 'gone2.example.org' | New-ConvoxCertificate -Issuer self-signed
        $made | Remove-ConvoxCertificate -Confirm:$false | Should -BeNullOrEmpty
        Get-ConvoxCertificate -Domain gone?.example.org | Should -BeNullOrEmpty
    }

    It 'keeps the certificate with -WhatIf' {
        $certificate = New-ConvoxCertificate kept.example.org -Issuer self-signed
        Remove-ConvoxCertificate $certificate.Id -WhatIf
        (Get-ConvoxCertificate $certificate.Id).Status | Should -Be 'Ready'
    }
}

Describe 'Show-ConvoxExpiry' {
    BeforeAll { $null = New-ConvoxCertificate show.example.org -Issuer self-signed -Duration 30d }

    It 'draws text within the given width' {
        $lines = Get-ConvoxCertificate -Domain show.example.org | Show-ConvoxExpiry -Width 80 -Ascii
        $lines | ForEach-Object { $_ | Should -BeOfType string }
        "$lines" | Should -BeLike '*show.example.org*'
        ($lines | ForEach-Object { ($_ -replace "`e\[[\d;]*m").Length } | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'writes a self-contained page, and none with -WhatIf' {
        Show-ConvoxExpiry -Html "$TestDrive/no.html" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/no.html" | Should -Not -Exist
        $page = Show-ConvoxExpiry -Html "$TestDrive/expiry.html"
        $page | Should -BeOfType ConvoxSsl.ConvoxFile
        Get-Content $page -Raw | Should -Match 'show\.example\.org'
        Get-Content $page -Raw | Should -Not -Match 'src="http'
    }
}

Describe 'Test-ConvoxDomain' {
    It 'returns checks with a name and a result' {
        $checks = Test-ConvoxDomain check.example.org -Issuer $ca.Issuer -CaCertificate $ca.CaCertificate -HttpPort $ca.HttpPort
        $checks | Should -Not -BeNullOrEmpty
        $checks | ForEach-Object { $_ | Should -BeOfType ConvoxSsl.ConvoxCheck }
        $checks.Check | Should -Not -BeNullOrEmpty
        $checks.Passed | ForEach-Object { $_ | Should -BeOfType bool }
    }

    It 'accepts names from the pipeline' {
        $checks = 'a.example.org', 'b.example.org' |
            Test-ConvoxDomain -Issuer self-signed -ErrorAction SilentlyContinue -ErrorVariable problems
        (@($checks).Count + $problems.Count) | Should -BeGreaterThan 1
    }
}
