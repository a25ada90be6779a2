# What must not give a wrong result without a word: exports of several certificates, names of certificates, and issuers.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    $script:www = New-ConvoxCertificate www.example.org, example.org -Issuer self-signed
    $script:api = New-ConvoxCertificate api.example.org -Issuer self-signed
}

AfterAll { Exit-TestSession }

Describe 'Several certificates' {
    It 'are exported to one directory each' {
        Get-ConvoxCertificate | Export-ConvoxCertificate -Path "$TestDrive/all" -Force | Should -HaveCount 8
        "$TestDrive/all/www.example.org/privkey.pem" | Should -Exist
        "$TestDrive/all/api.example.org/privkey.pem" | Should -Exist
    }

    It 'are not exported to one file' {
        $password = [System.Net.NetworkCredential]::new('', 'secret').SecurePassword
        { Get-ConvoxCertificate | Export-ConvoxCertificate -Path "$TestDrive/all.pfx" -Password $password -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.InvalidExportPath,*'
        "$TestDrive/all.pfx" | Should -Not -Exist
    }

    It 'are not exported to a path with the extension of a file' {
        { Get-ConvoxCertificate | Export-ConvoxCertificate -Path "$TestDrive/all.pem" -Format CombinedPem -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.InvalidExportPath,*'
        "$TestDrive/all.pem" | Should -Not -Exist
    }

    It 'are not confused with a path' {
        Push-Location $TestDrive
        try {
            { Export-ConvoxCertificate www.example.org api.example.org -ErrorAction Stop } |
                Should -Throw -ErrorId 'ConvoxSsl.InvalidExportPath,*' -ExpectedMessage '*separate them by a comma*'
            'api.example.org' | Should -Not -Exist
        } finally {
            Pop-Location
        }
    }

    It 'cause a warning if files of an export of one stay' {
        $null = Export-ConvoxCertificate www.example.org "$TestDrive/grows"
        $null = Get-ConvoxCertificate | Export-ConvoxCertificate -Path "$TestDrive/grows" -WarningVariable warned -WarningAction Ignore
        "$warned" | Should -BeLike '*are from an earlier export and are not replaced*'
    }
}

Describe 'A preview' {
    It 'of an export does not promise a directory that cannot be created' -Skip:$IsWindows {
        Set-Content "$TestDrive/file" ''
        { Export-ConvoxCertificate www.example.org "$TestDrive/file/below/site" -WhatIf -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.InvalidExportPath,*'
    }
}

Describe 'An existing account' {
    It 'keeps its contacts, and a warning says so' {
        $account = @{
            Issuer = $session.Ca.Issuer; CaCertificate = $session.Ca.CaCertificate
            Contact = 'you@example.org'; AcceptTermsOfService = $true
        }
        $url = (New-ConvoxAcmeAccount @account).Url
        $account.Contact = 'other@example.org'
        $same = New-ConvoxAcmeAccount @account -WarningVariable warned -WarningAction Ignore
        $same.Url | Should -Be $url
        "$warned" | Should -BeLike '*keeps its contacts*'
    }
}

Describe 'A service' {
    It 'gets no certificate that the rack does not have' {
        Set-Content "$TestDrive/convox.yml" 'services: { worker: { domain: www.example.org } }'
        { Set-ConvoxServiceCertificate worker www.exmaple.org -Path "$TestDrive/convox.yml" -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.CertificateNotFound,*'
        Set-ConvoxServiceCertificate worker -Id www.example.org -Path "$TestDrive/convox.yml"
        Get-Content "$TestDrive/convox.yml" -Raw | Should -BeLike "*$($www.Id)*"
    }
}

Describe 'Without -Issuer' {
    AfterAll { Set-ConvoxRack -DefaultIssuer '' }

    It 'the issuer is that of the existing certificate, else the default of the rack, else self-signed' {
        $ca = $session.Ca.Clone()
        $ca.Remove('Issuer')
        $issued = New-ConvoxCertificate only.example.org @ca -Issuer $session.Ca.Issuer
        (New-ConvoxCertificate only.example.org).Id | Should -Be $issued.Id
        Get-ConvoxCertificate -Domain only.example.org | Should -HaveCount 1

        (Set-ConvoxRack -DefaultIssuer $session.Ca.Issuer -PassThru).DefaultIssuer | Should -Be $session.Ca.Issuer
        (Get-ConvoxRack).DefaultIssuer | Should -Be $session.Ca.Issuer
        (New-ConvoxCertificate new.example.org @ca).Issuer | Should -Be $session.Ca.Issuer
        Get-ConvoxCertificate -Issuer $session.Ca.Issuer | Should -HaveCount 2
        (Get-ConvoxCertificate -Issuer self-signed).Issuer | Select-Object -Unique | Should -Be 'self-signed'
    }

    It 'warns before a self-signed certificate is created next to one from a CA' {
        $made = New-ConvoxCertificate only.example.org -Issuer self-signed -WarningVariable warned -WarningAction SilentlyContinue
        $made.Issuer | Should -Be 'self-signed'
        $warned | Should -HaveCount 1
        "$warned" | Should -BeLike "*certificate from $($session.Ca.Issuer) for the same names*"
    }
}
