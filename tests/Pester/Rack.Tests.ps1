BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:name = $session.Servers.rack
}

AfterAll { Exit-TestSession }

Describe 'Racks' {
    AfterEach { Disconnect-ConvoxRack }

    It 'default to the local rack without a connection' {
        $rack = Get-ConvoxRack
        $rack | Should -BeOfType ConvoxSsl.ConvoxRack
        $rack.Kind | Should -Be 'Local'
        $rack.Location | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/rack"))
    }

    It 'can be connected by directory' {
        (Connect-ConvoxRack "$TestDrive/other").Location | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/other"))
        $certificate = New-ConvoxCertificate connected.example.org -Issuer self-signed
        $certificate.Path | Should -BeLike "*other*"
        Disconnect-ConvoxRack | Should -BeNullOrEmpty
        Get-ConvoxCertificate -Domain connected.example.or? | Should -BeNullOrEmpty
    }

    It 'can be selected with -Rack without a connection' {
        $certificate = New-ConvoxCertificate named.example.org -Issuer self-signed -Rack "$TestDrive/third"
        (Get-ConvoxCertificate -Rack "$TestDrive/third").Id | Should -Be $certificate.Id
        (Get-ConvoxRack).Location | Should -Not -BeLike '*third*'
    }

    It 'can be connected in Kubernetes by the kubeconfig' {
        $rack = Connect-ConvoxRack -Name $name
        $rack.Kind | Should -Be 'Kubernetes'
        $rack.Namespace | Should -Be "$name-system"
        (Get-ConvoxRack).Name | Should -Be $name
    }

    It 'that do not exist cause a terminating error' {
        { Connect-ConvoxRack -Name nowhere } | Should -Throw -ErrorId 'ConvoxSsl.*,*ConnectConvoxRackCommand'
        (Get-ConvoxRack).Kind | Should -Be 'Local'
    }
}

Describe 'Publish-ConvoxCertificate' {
    BeforeAll {
        $null = Connect-ConvoxRack -Name $name
        $script:certificate = New-ConvoxCertificate publish.example.org -Issuer self-signed
    }

    AfterAll {
        $certificate | Remove-ConvoxCertificate -Confirm:$false
        Disconnect-ConvoxRack
    }

    It 'copies a certificate into an app' {
        $published = $certificate | Publish-ConvoxCertificate -App web
        $published | Should -BeOfType ConvoxSsl.ConvoxPublication
        $published.App | Should -Be 'web'
        $published.Namespace | Should -Be "$name-web"
        $published.Result | Should -Not -Be 'Failed'
    }

    It 'changes nothing with -WhatIf' {
        $other = New-ConvoxCertificate unpublished.example.org -Issuer self-signed
        Publish-ConvoxCertificate $other.Id -App web -WhatIf | Where-Object Result -EQ 'Created' | Should -BeNullOrEmpty
        Publish-ConvoxCertificate $other.Id | Should -BeNullOrEmpty
        $other | Remove-ConvoxCertificate -Confirm:$false
    }

    It 'reports an error on a local rack' {
        { Publish-ConvoxCertificate -Rack local -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.*,*PublishConvoxCertificateCommand'
    }
}
