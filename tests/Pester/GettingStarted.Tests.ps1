# The session that docs/getting-started.md shows is had, in a PowerShell of its own, and compared with what is shown.
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

    # The reader has the machine that the name points to, and types a password.
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
        $script += "[Console]::WriteLine('$mark')`n" + $(if ($code -match '^(.*)<Tab>$') { "Complete '$($Matches[1])'" } else { ". ([scriptblock]::Create('$($code.Replace("'", "''"))')) 2>&1 | Out-String -Stream -Width 250" }) + "`n"
    }
    $output = Invoke-PowerShell $script -Environment @{ PATH = "$TestDrive/programs:$env:PATH" }
    $text = ($output -join "`n").Replace($servers.dnsCa.directory, 'letsencrypt-staging').Replace("$TestDrive/rack", '/home/you/.config/convoxssl').Replace("$TestDrive", '/home/you').Replace("crontab of $([Environment]::UserName)", 'crontab of you')
    $script:came = @($text -split "(?m)^$mark`$" | Select-Object -Skip 1)
}

AfterAll { Exit-TestSession }

Describe 'The first session' -Skip:$IsWindows {
    It 'goes as it is shown in line <Line>: <Command>' -ForEach $script:steps {
        $lines = @($script:came[$Number] -split "`n" | ForEach-Object TrimEnd | Where-Object { $_ })
        Test-GuideOutput $Shown $lines | Should -BeTrue -Because "this came:`n$($lines -join "`n")`n"
    }
}
