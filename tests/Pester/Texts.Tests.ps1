BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:ca = $session.Ca
    $script:token = $session.Servers.cloudflareToken
}

AfterAll { Exit-TestSession }

Describe 'A message' {
    It 'asks for the value that was probably meant: <value>' -ForEach @(
        @{ command = { New-ConvoxCertificate www.example.org -Issuer letsencript -ErrorAction Stop }; value = 'letsencrypt' }
        @{ command = { Get-ConvoxDnsSolver -Provider Cloudflair }; value = 'Cloudflare' }
        @{ command = { Get-ConvoxCertificate -Status Redy }; value = 'Ready' }
    ) {
        $command | Should -Throw "*Did you mean '$value'?*"
    }

    It 'shows the right form after a slip' {
        { Get-ConvoxCertificate -ExpiringWithin week } | Should -Throw "*'week' is not a valid time span*7d*"
        { Add-ConvoxDnsSolver example.org -ApiToken $token } | Should -Throw '*Add-ConvoxDnsSolver -DnsZone example.org*'
    }

    It 'names the file without a private key, and swapped paths' {
        $certificate = New-ConvoxCertificate texts.example.org -Issuer self-signed -Rack "$TestDrive/other"
        $certificate | Export-ConvoxCertificate -Path "$TestDrive/pem"
        Set-Content "$TestDrive/junk.pem" 'junk'
        { Import-ConvoxCertificate "$TestDrive/pem/cert.pem" "$TestDrive/junk.pem" -ErrorAction Stop } |
            Should -Throw "*junk.pem' contains no private key*"
        { Import-ConvoxCertificate "$TestDrive/pem/privkey.pem" "$TestDrive/pem/cert.pem" -ErrorAction Stop } |
            Should -Throw '*Are the two paths swapped?*'
    }

    It 'about unaccepted terms shows their URL' {
        $order = @{ Issuer = $ca.Issuer; CaCertificate = $ca.CaCertificate }
        { New-ConvoxAcmeAccount @order -ErrorAction Stop } | Should -Throw '*terms of service (data:*'
    }
}

Describe 'Help' {
    It 'describes more than the synopsis, and links to another noun' {
        foreach ($name in (Get-Command -Module ConvoxSsl).Name) {
            $help = Get-Help $name
            "$($help.description.Text)".Length | Should -BeGreaterThan ($help.Synopsis.Length + 80) -Because $name
            $noun = "-$($help.details.noun)"
            $help.relatedLinks.navigationLink.linkText | Where-Object { $_ -like '*-Convox*' -and -not $_.EndsWith($noun) } |
                Should -Not -BeNullOrEmpty -Because $name
        }
    }
}
