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

    It 'are made with a contact' {
        $account | Should -BeOfType ConvoxSsl.ConvoxAcmeAccount
        $account.DirectoryUrl | Should -Be $issuer
        $account.Contact | Should -Be 'mailto:you@example.org'
        $account.Url | Should -BeOfType uri
    }

    It 'are listed, and found by the CA' {
        (Get-ConvoxAcmeAccount).Url | Should -Be $account.Url
        (Get-ConvoxAcmeAccount $issuer).Url | Should -Be $account.Url
        ($account | Get-ConvoxAcmeAccount).Url | Should -Be $account.Url
    }

    It 'get another contact, and no object without -PassThru' {
        Set-ConvoxAcmeAccount $issuer -Contact a@example.org, b@example.org | Should -BeNullOrEmpty
        (Get-ConvoxAcmeAccount).Contact | Should -Be 'mailto:a@example.org', 'mailto:b@example.org'
    }

    It 'get another key and stay the same account' {
        $changed = $account | Set-ConvoxAcmeAccount -NewKey -PassThru
        $changed | Should -BeOfType ConvoxSsl.ConvoxAcmeAccount
        $changed.Url | Should -Be $account.Url
    }

    It 'stay as they are for -WhatIf' {
        Set-ConvoxAcmeAccount $issuer -Contact other@example.org -WhatIf
        Remove-ConvoxAcmeAccount $issuer -WhatIf
        (Get-ConvoxAcmeAccount).Contact | Should -Be 'mailto:you@example.org'
    }

    It 'are removed' {
        $account | Remove-ConvoxAcmeAccount -Confirm:$false | Should -BeNullOrEmpty
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }

    It 'say what is missing when nothing is to change' {
        { Set-ConvoxAcmeAccount $issuer -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.NothingToChange,*'
    }
}

Describe 'New-ConvoxAcmeAccount' {
    It 'makes none without the terms of service where nobody can be asked' {
        { New-ConvoxAcmeAccount @ca -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.*'
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }

    It 'makes none for -WhatIf' {
        New-ConvoxAcmeAccount @ca -AcceptTermsOfService -WhatIf | Should -BeNullOrEmpty
        Get-ConvoxAcmeAccount | Should -BeNullOrEmpty
    }
}
