BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    $script:certificate = New-ConvoxCertificate www.example.org -Issuer self-signed
    $script:manifest = "$TestDrive/convox.yml"
}

AfterAll { Exit-TestSession }

Describe 'Services in a convox.yml' {
    BeforeEach {
        Set-Content $manifest @'
# Ours.
services:
  web:
    domain: www.example.org
    port: 3000
  worker:
    build: .
'@
    }

    It 'are listed with a certificate that the rack proposes' {
        $web = Get-ConvoxServiceCertificate $manifest -Service web
        $web | Should -BeOfType ConvoxSsl.ConvoxServiceCertificate
        $web.Domain | Should -Be 'www.example.org'
        $web.ProposedCertificateId | Should -Be $certificate.Id
    }

    It 'are read from files in the pipeline' {
        (Get-Item $manifest | Get-ConvoxServiceCertificate).Service | Should -Contain 'web'
    }

    It 'get a certificate, and the rest of the file is unchanged' {
        $certificate | Set-ConvoxServiceCertificate -Service web -Path $manifest | Should -BeNullOrEmpty
        (Get-ConvoxServiceCertificate $manifest -Service web).CertificateId | Should -Be $certificate.Id
        Get-Content $manifest | Select-Object -First 1 | Should -Be '# Ours.'
    }

    It 'lose the certificate with -Remove, and -PassThru returns the service' {
        Set-ConvoxServiceCertificate web $certificate -Path $manifest
        $set = Set-ConvoxServiceCertificate web -Remove -Path $manifest -PassThru
        $set | Should -BeOfType ConvoxSsl.ConvoxServiceCertificate
        $set.CertificateId | Should -BeNullOrEmpty
    }

    It 'are unchanged with -WhatIf' {
        $before = Get-Content $manifest -Raw
        Set-ConvoxServiceCertificate web $certificate -Path $manifest -WhatIf
        Get-Content $manifest -Raw | Should -BeExactly $before
    }

    It 'that do not exist cause an error' {
        { Set-ConvoxServiceCertificate nothing $certificate -Path $manifest -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.*,*SetConvoxServiceCertificateCommand'
    }
}
