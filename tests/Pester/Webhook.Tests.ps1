BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:receiver = @{ Url = "$($session.Servers.webhook)/certificates"; CaCertificate = $session.Servers.webhookRoot }
}

AfterAll { Exit-TestSession }

Describe 'Webhook' {
    BeforeEach { $script:webhook = Set-ConvoxWebhook @receiver }
    AfterEach { Remove-ConvoxWebhook -Confirm:$false -ErrorAction Ignore }

    It 'returns its new secret only once' {
        $webhook | Should -BeOfType ConvoxSsl.ConvoxWebhook
        $webhook.Secret | Should -BeOfType securestring
        (Get-ConvoxWebhook).Secret | Should -BeNullOrEmpty
    }

    It 'is returned by Get-ConvoxWebhook' {
        $known = Get-ConvoxWebhook
        $known | Should -BeOfType ConvoxSsl.ConvoxWebhook
        $known.Origin | Should -Be $session.Servers.webhook
    }

    It 'is tested' {
        $check = Test-ConvoxWebhook
        $check | Should -BeOfType ConvoxSsl.ConvoxCheck
        $check.Passed | Should -Not -Contain $false
    }

    It 'changes only the given settings' {
        (Set-ConvoxWebhook -Event Failed, Expiring).Event | Should -Be 'Failed', 'Expiring'
        (Get-ConvoxWebhook).Origin | Should -Be $session.Servers.webhook
        (Set-ConvoxWebhook -NewSecret).Secret | Should -BeOfType securestring
    }

    It 'is unchanged with -WhatIf' {
        Set-ConvoxWebhook -Event Failed -WhatIf | Should -BeNullOrEmpty
        Remove-ConvoxWebhook -WhatIf
        (Get-ConvoxWebhook).Event | Should -Contain 'Renewed'
    }

    It 'is removed' {
        Remove-ConvoxWebhook -Confirm:$false | Should -BeNullOrEmpty
        Get-ConvoxWebhook -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
