# Runs the commands of docs/getting-started.md in a new PowerShell, and compares the output with the page.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/Guide.psm1" -Force
    $number = 0
    $script:steps = foreach ($step in Get-GuideTranscript "$PSScriptRoot/../../docs/getting-started.md") {
        @{ Line = $step.Line; Command = $step.Command; Shown = $step.Output; Number = $number++ }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1", "$PSScriptRoot/Guide.psm1" -Force
    $session = Enter-TestSession $TestDrive
    $servers = $session.Servers
    $mark = '@@@'
    New-Item -ItemType SymbolicLink "$TestDrive/out" -Target "$($session.Root)/out" | Out-Null
    New-Item -ItemType Directory "$TestDrive/programs" | Out-Null
    Set-Content "$TestDrive/programs/crontab" "#!/bin/sh`necho 'no crontab for you' >&2`nexit 1"
    if (-not $IsWindows) { chmod +x "$TestDrive/programs/crontab" }

    # The test's CA stands in for the public one, and Read-Host returns a password.
    $script = @"
        Set-Location '$TestDrive'
        `$PSStyle.OutputRendering = 'PlainText'
        `$ProgressPreference = 'SilentlyContinue'
        `$PSDefaultParameterValues = @{
            'New-ConvoxCertificate:CaCertificate' = '$($servers.dnsCa.root)'; 'New-ConvoxCertificate:HttpPort' = $($servers.dnsCa.httpPort)
            'Register-ConvoxRenewal:Scheduler' = 'Cron'
        }
        function Read-Host { [System.Net.NetworkCredential]::new('', 'a password').SecurePassword }
        function Complete(`$Line) { (TabExpansion2 `$Line).CompletionMatches.ListItemText -join '  ' }

"@
    foreach ($step in Get-GuideTranscript "$($session.Root)/docs/getting-started.md") {
        $code = $step.Command -replace 'letsencrypt-staging', $servers.dnsCa.directory
        $statement = if ($code -match '^(.*)<Tab>$') {
            "Complete '$($Matches[1])'"
        } else {
            ". ([scriptblock]::Create('$($code.Replace("'", "''"))')) 2>&1 | Out-String -Stream -Width 250"
        }
        $script += "[Console]::WriteLine('$mark')`n$statement`n"
    }
    $output = Invoke-PowerShell $script -Environment @{ PATH = "$TestDrive/programs:$env:PATH" }
    $text = ($output -join "`n").
        Replace("account at $($servers.dnsCa.directory)", 'account at https://acme-staging-v02.api.letsencrypt.org/directory').
        Replace($servers.dnsCa.directory, 'letsencrypt-staging').
        Replace(([uri]$servers.dnsCa.directory).Authority, "letsen$([char]0x2026)-staging").
        Replace('https://ca.example/terms/1', 'https://letsencrypt.org/documents/LE-SA-v1.5-February-24-2025.pdf').
        Replace("$TestDrive/rack", '/home/you/.config/convoxssl').
        Replace("$TestDrive", '/home/you').
        Replace("crontab of $([Environment]::UserName)", 'crontab of you')
    $script:outputs = @($text -split "(?m)^$mark`$" | Select-Object -Skip 1)
}

AfterAll { Exit-TestSession }

Describe 'docs/getting-started.md' -Skip:$IsWindows {
    It 'shows the actual output in line <Line>: <Command>' -ForEach $script:steps {
        $lines = @($script:outputs[$Number] -split "`n" | ForEach-Object TrimEnd | Where-Object { $_ })
        Test-GuideOutput $Shown $lines | Should -BeTrue -Because "the actual output was:`n$($lines -join "`n")`n"
    }
}
