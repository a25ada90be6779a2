BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $issuer = $session.Ca.Issuer
    $script:ca = @{ Issuer = $issuer; CaCertificate = $session.Ca.CaCertificate }
}

AfterAll { Exit-TestSession }

Describe 'ACME accounts' {
    BeforeEach { $script:account = New-ConvoxAcmeAccount @ca -Contact you@example.org -AcceptTermsOfService }
    AfterEach { Get-ConvoxAcmeAccount | Remove-ConvoxAcmeAccount -KeepAtCa -Confirm:$false }

    It 'are created with a contact' {
        $account | Should -BeOfType ConvoxSsl.ConvoxAcmeAccount
        $account.DirectoryUrl | Should -Be $issuer
        $account.Contact | Should -Be 'mailto:you@example.org'
        $account.Url | Should -BeOfType uri
    }

    It 'are listed, and found by issuer' {
        (Get-ConvoxAcmeAccount).Url | Should -Be $account.Url
        (Get-ConvoxAcmeAccount $issuer).Url | Should -Be $account.Url
        ($account | Get-ConvoxAcmeAccount).Url | Should -Be $account.Url
    }

    It 'change their contact, and write an object only with -PassThru' {
        Set-ConvoxAcmeAccount $issuer -Contact a@example.org, b@example.org | Should -BeNullOrEmpty
        (Get-ConvoxAcmeAccount).Contact | Should -Be 'mailto:a@example.org', 'mailto:b@example.org'
    }

    It 'change their key and keep their URL' {
        $changed = $account | Set-ConvoxAcmeAccount -NewKey -PassThru
        $changed | Should -BeOfType ConvoxSsl.ConvoxAcmeAccount
        $changed.Url | Should -Be $account.Url
    }

    It 'are unchanged with -WhatIf' {
        Set-ConvoxAcmeAccount $issuer -Contact other@example.org -WhatIf
        Remove-ConvoxAcmeAccount $issuer -WhatIf
        (Get-ConvoxAcmeAccount).Contact | Should -Be 'mailto:you@example.org'
    }

    It 'are removed' {
        $account | Remove-ConvoxAcmeAccount -Confirm:$false | Should -BeNullOrEmpty
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }

    It 'report NothingToChange without a setting' {
        { Set-ConvoxAcmeAccount $issuer -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.NothingToChange,*'
    }
}

Describe 'New-ConvoxAcmeAccount' {
    It 'creates no account without -AcceptTermsOfService in a non-interactive host' {
        { New-ConvoxAcmeAccount @ca -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.*'
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }

    It 'creates no account with -WhatIf' {
        New-ConvoxAcmeAccount @ca -AcceptTermsOfService -WhatIf | Should -BeNullOrEmpty
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }
}
