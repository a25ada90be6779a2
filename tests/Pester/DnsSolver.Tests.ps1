BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:token = $session.Servers.cloudflareToken
}

AfterAll { Exit-TestSession }

Describe 'DNS solvers' {
    BeforeEach {
        $script:cloudflare = Add-ConvoxDnsSolver 1 example.org, example.net -ApiToken $token
        $script:route53 = Add-ConvoxDnsSolver 2 example.com -HostedZoneId $session.Servers.hostedZoneId -Region us-east-1
    }

    AfterEach { Get-ConvoxDnsSolver | Remove-ConvoxDnsSolver -Confirm:$false }

    It 'are added for Cloudflare and for Route53' {
        $cloudflare | Should -BeOfType ConvoxSsl.ConvoxDnsSolver
        $cloudflare.Provider | Should -Be 'Cloudflare'
        $cloudflare.DnsZones | Should -Be 'example.org', 'example.net'
        $route53.Provider | Should -Be 'Route53'
        $route53.HostedZoneId | Should -Be $session.Servers.hostedZoneId
    }

    It 'do not show their secret' {
        $text = ($cloudflare | Format-List * | Out-String) + ($cloudflare | ConvertTo-Json -Depth 5) + ($cloudflare | Out-String)
        $text | Should -Not -Match ([regex]::Escape($token))
        $cloudflare.Secret | Should -Not -Be $token
    }

    It 'are listed, and found by id and provider' {
        (Get-ConvoxDnsSolver).Id | Should -Be 1, 2
        (Get-ConvoxDnsSolver 2).Provider | Should -Be 'Route53'
        (2, 1 | Get-ConvoxDnsSolver).Id | Should -Be 2, 1
        (Get-ConvoxDnsSolver -Provider Cloudflare).Id | Should -Be 1
    }

    It 'change their settings, and write an object only with -PassThru' {
        Set-ConvoxDnsSolver 1 example.org | Should -BeNullOrEmpty
        (Get-ConvoxDnsSolver 1).DnsZones | Should -Be 'example.org'
        ($route53 | Set-ConvoxDnsSolver -Region eu-west-1 -PassThru).Region | Should -Be 'eu-west-1'
    }

    It 'are unchanged with -WhatIf' {
        Set-ConvoxDnsSolver 1 example.org -WhatIf
        Remove-ConvoxDnsSolver 1 -WhatIf
        Add-ConvoxDnsSolver 3 example.org -ApiToken $token -WhatIf | Should -BeNullOrEmpty
        (Get-ConvoxDnsSolver).Id | Should -Be 1, 2
        (Get-ConvoxDnsSolver 1).DnsZones.Count | Should -Be 2
    }

    It 'are removed from the pipeline' {
        $cloudflare, $route53 | Remove-ConvoxDnsSolver -Confirm:$false | Should -BeNullOrEmpty
        Get-ConvoxDnsSolver | Should -BeNullOrEmpty
    }

    It 'cannot be added with an existing id' {
        { Add-ConvoxDnsSolver 1 example.org -ApiToken $token -ErrorAction Stop } |
            Should -Throw -ErrorId 'ConvoxSsl.*,*AddConvoxDnsSolverCommand'
    }

    It 'are tested, and failed checks have a remedy' {
        $checks = Test-ConvoxDnsSolver 1 -PropagationTimeout 1s
        $checks | ForEach-Object { $_ | Should -BeOfType ConvoxSsl.ConvoxCheck }
        $checks[0].Passed | Should -BeTrue
        $checks | Where-Object { -not $_.Passed } | ForEach-Object { $_.Remedy | Should -Not -BeNullOrEmpty }
    }

    It 'can be scripts' {
        $script = Add-ConvoxDnsSolver 4 scripted.example.com -Present { param($n, $v) 'present' } -CleanUp { param($n, $v) 'clean' }
        $script.DnsZones | Should -Be 'scripted.example.com'
        $script | Should -BeOfType ConvoxSsl.ConvoxDnsSolver
    }
}

Describe 'Get-ConvoxDnsRole' {
    It 'returns the role of the AWS identity' {
        Get-ConvoxDnsRole | Should -Be $session.Servers.awsRole
    }
}

Describe 'New-ConvoxDnsRolePolicy' {
    BeforeAll {
        $dnsRole = 'arn:aws:iam::210987654321:role/dns-access'
        $script:policy = New-ConvoxDnsRolePolicy Z123EXAMPLE $session.Servers.awsRole $dnsRole -ExternalId of-tests
    }

    It 'returns three IAM documents' {
        $policy | Should -BeOfType ConvoxSsl.ConvoxDnsRolePolicy
        foreach ($document in $policy.ZoneAccess, $policy.Trust, $policy.AssumeRole) {
            ($document | ConvertFrom-Json).Version | Should -Be '2012-10-17'
        }
    }

    It 'names the zone, the role and the external id' {
        $policy.ZoneAccess | Should -BeLike '*Z123EXAMPLE*'
        $policy.Trust | Should -BeLike '*of-tests*'
        $policy.AssumeRole | Should -BeLike '*role/dns-access*'
    }

    It 'refuses a value that is not a role' {
        $dnsRole = 'arn:aws:iam::210987654321:role/dns-access'
        New-ConvoxDnsRolePolicy Z123EXAMPLE nothing $dnsRole -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }
}
