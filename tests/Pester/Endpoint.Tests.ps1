# The certificates that servers present.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $script:server = ([uri]$session.Servers.webhook).Authority
    $script:root = $session.Servers.webhookRoot
}

AfterAll { Exit-TestSession }

Describe 'Test-ConvoxEndpoint' {
    It 'describes the certificate of a server' {
        $result = Test-ConvoxEndpoint $server -CaCertificate $root
        $result.Status | Should -Be 'Ok'
        $result.Trusted, $result.ChainComplete, $result.NameMatches | Should -Be $true, $true, $true
        $result.CertificateId | Should -BeNullOrEmpty
        ($result | ConvertTo-Json | ConvertFrom-Json).Status | Should -Be 'Ok'
    }

    It 'takes rows from the pipeline, with empty cells' {
        # Bound, so that no other program gets it, but not listening.
        $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
        $socket.Bind([System.Net.IPEndPoint]::new([System.Net.IPAddress]::Loopback, 0))
        $port = $socket.LocalEndPoint.Port
        $rows = "HostName,Port,StartTls,ServerName", "localhost,$($server.Split(':')[1]),,", "127.0.0.1,$port,Smtp," | ConvertFrom-Csv
        try {
            $results = $rows | Test-ConvoxEndpoint -CaCertificate $root -Timeout 5m | Sort-Object HostName
        } finally {
            $socket.Dispose()
        }
        $results.Status | Should -Be 'Failed', 'Ok'
        $results[0].Reason | Should -BeLike "127.0.0.1:$port did not accept the connection*"
        $results[0].StartTls | Should -Be 'Smtp'
    }

    It 'rejects what names no server' {
        { Test-ConvoxEndpoint https://www.example.org -ErrorAction Stop } | Should -Throw -ErrorId 'ConvoxSsl.InvalidEndpoint,*'
        { Test-ConvoxEndpoint www.example.org -StartTls Smpt } | Should -Throw "*Did you mean 'Smtp'?*"
    }
}
