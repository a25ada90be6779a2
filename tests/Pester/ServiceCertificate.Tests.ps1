BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    $script:certificate = New-ConvoxCertificate www.example.org -Issuer self-signed
    $script:manifest = "$TestDrive/convox.yml"
}

AfterAll { Exit-TestSession }

Describe 'Services of a convox.yml' {
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

    It 'are listed, with a certificate that the rack has for them' {
        $web = Get-ConvoxServiceCertificate $manifest -Service web
        $web | Should -BeOfType ConvoxSsl.ConvoxServiceCertificate
        $web.Domain | Should -Be 'www.example.org'
        $web.ProposedCertificateId | Should -Be $certificate.Id
    }

    It 'come from files of the pipeline' {
        (Get-Item $manifest | Get-ConvoxServiceCertificate).Service | Should -Contain 'web'
    }

    It 'get a certificate, and the rest of the file stays' {
        $certificate | Set-ConvoxServiceCertificate -Service web -Path $manifest | Should -BeNullOrEmpty
        (Get-ConvoxServiceCertificate $manifest -Service web).CertificateId | Should -Be $certificate.Id
        Get-Content $manifest | Select-Object -First 1 | Should -Be '# Ours.'
    }

    It 'lose it again with -Remove, and -PassThru tells' {
        Set-ConvoxServiceCertificate web $certificate -Path $manifest
        $set = Set-ConvoxServiceCertificate web -Remove -Path $manifest -PassThru
        $set | Should -BeOfType ConvoxSsl.ConvoxServiceCertificate
        $set.CertificateId | Should -BeNullOrEmpty
    }

    It 'stay as they are for -WhatIf' {
        $before = Get-Content $manifest -Raw
        Set-ConvoxServiceCertificate web $certificate -Path $manifest -WhatIf
        Get-Content $manifest -Raw | Should -BeExactly $before
    }

    It 'that are not there are an error' {
        { Set-ConvoxServiceCertificate nothing $certificate -Path $manifest -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.*,*SetConvoxServiceCertificateCommand'
    }
}
