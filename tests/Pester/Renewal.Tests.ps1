# A stub replaces crontab, so that nothing is registered with the machine's schedulers.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:session = Enter-TestSession $TestDrive
    New-Item -ItemType Directory "$TestDrive/programs" | Out-Null
    Set-Content "$TestDrive/programs/crontab" @'
#!/bin/sh
case "$1" in
  -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
  -r) rm "$0.tab" ;;
  -) cat > "$0.tab" ;;
esac
'@
    Set-Content "$TestDrive/programs/pwsh" '#!/bin/sh'
    if (-not $IsWindows) { chmod +x "$TestDrive/programs/crontab" "$TestDrive/programs/pwsh" }
    Set-TestVariable @{ PATH = "$TestDrive/programs$([System.IO.Path]::PathSeparator)$env:PATH" }
}

AfterAll { Exit-TestSession }

Describe 'Scheduled renewal' -Skip:$IsWindows {
    AfterEach { Unregister-ConvoxRenewal Cron -ErrorAction Ignore }

    It 'is registered, listed and unregistered' {
        $registered = Register-ConvoxRenewal Cron -PowerShellPath "$TestDrive/programs/pwsh"
        $registered | Should -BeOfType ConvoxSsl.ConvoxRenewalSchedule
        $registered.Times | Should -HaveCount 2
        (Get-ConvoxRenewal Cron).Times | Should -Be $registered.Times
        Get-Content "$TestDrive/programs/crontab.tab" -Raw | Should -BeLike '*Update-ConvoxCertificate*'
        Get-ConvoxRenewal Cron | Unregister-ConvoxRenewal | Should -BeNullOrEmpty
        Get-ConvoxRenewal Cron | Should -BeNullOrEmpty
    }

    It 'keeps its times if it is registered again' {
        $first = Register-ConvoxRenewal Cron -PowerShellPath "$TestDrive/programs/pwsh"
        (Register-ConvoxRenewal Cron -PowerShellPath "$TestDrive/programs/pwsh").Times | Should -Be $first.Times
    }

    It 'is not registered or unregistered with -WhatIf' {
        Register-ConvoxRenewal Cron -PowerShellPath "$TestDrive/programs/pwsh" -WhatIf | Should -BeNullOrEmpty
        Get-ConvoxRenewal Cron | Should -BeNullOrEmpty
        $null = Register-ConvoxRenewal Cron -PowerShellPath "$TestDrive/programs/pwsh"
        Unregister-ConvoxRenewal Cron -WhatIf
        Get-ConvoxRenewal Cron | Should -Not -BeNullOrEmpty
    }
}

Describe 'Register-ConvoxRenewal -Image' {
    It 'returns the manifest of a CronJob as text' {
        $manifest = Register-ConvoxRenewal -Image ghcr.io/example/powershell:7.6 -VolumeClaim rack
        $manifest | Should -BeOfType string
        $manifest | Should -BeLike '*kind: CronJob*'
    }

    It 'writes the manifest to a file, and none with -WhatIf' {
        $job = @{ Image = 'ghcr.io/example/powershell:7.6'; VolumeClaim = 'rack'; OutFile = "$TestDrive/job.yaml" }
        Register-ConvoxRenewal @job -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/job.yaml" | Should -Not -Exist
        $written = Register-ConvoxRenewal @job
        $written.Scheduler | Should -Be 'CronJob'
        Get-Content "$TestDrive/job.yaml" -Raw | Should -BeLike '*ghcr.io/example/powershell:7.6*'
    }
}
