# Runs the commands in the documentation. Each document has one session for all its blocks.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/Guide.psm1" -Force
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    # What the document assumes to exist, and whether it is about a Kubernetes rack.
    $local = "New-ConvoxAcmeAccount `$Servers.dnsCa.directory -Contact you@example.org -AcceptTermsOfService"
    $one = "$local; New-ConvoxCertificate www.example.org -Issuer self-signed -WarningAction Ignore"
    $prepared = @{
        'README.md'               = @{ Prepare = $local }
        'docs/dns-solvers.md'     = @{ Prepare = $local }
        'docs/renewal.md'         = @{ Prepare = $one }
        'docs/runbooks.md'        = @{ Prepare = $one }
        'docs/security.md'        = @{ Prepare = $local }
        'docs/troubleshooting.md' = @{ Prepare = $local }
        'docs/convox-yml.md'      = @{ Prepare = "$local; Add-ConvoxDnsSolver 1 example.org -ApiToken `$token" }
        'docs/targets.md'         = @{
            Prepare = "$one; 'mail', 'vpn' | ForEach-Object { New-ConvoxCertificate `"`$_.example.org`" -Issuer self-signed }"
        }
        'docs/webhook.md'         = @{ Prepare = $local }
        'docs/kubernetes-rack.md' = @{ Cluster = $true }
        'docs/cert-manager.md'    = @{ Cluster = $true }
        'docs/from-convox-cli.md' = @{ Cluster = $true }
    }
    $script:documents = foreach ($file in @(Get-Item "$root/README.md") + @(Get-ChildItem "$root/docs" -Filter *.md)) {
        $name = [System.IO.Path]::GetRelativePath($root, $file.FullName).Replace('\', '/')
        $blocks = @(Get-GuideBlock $file.FullName)
        @{
            Name = $name; File = $file.FullName; Blocks = $blocks
            Prepare = "$($prepared[$name].Prepare)"; Cluster = [bool]$prepared[$name].Cluster
            Steps = @(Get-WorkflowStep $blocks)
            # TestingRunbooks.Tests.ps1 runs the tests in that guide.
            PowerShell = @($blocks | Where-Object { $_.Language -eq 'powershell' -and $name -ne 'docs/testing-runbooks.md' })
            Shell = @($blocks | Where-Object Language -EQ 'shell')
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1", "$PSScriptRoot/Guide.psm1" -Force
    $session = Enter-TestSession $TestDrive
    # Replaces public services with the test servers.
    function ConvertTo-TestCode([string] $Code, [bool] $Cluster) {
        if (-not $Cluster) { $Code = $Code -replace '(?<=-Issuer )letsencrypt(-staging)?(?=[\s)]|$)', $session.Servers.dnsCa.directory }
        $Code = $Code -creplace '(?<= )/etc/', "$TestDrive/etc/"
        $Code -creplace 'Z2FDTNDATAQYW2', $session.Servers.guideZoneId -creplace 'https://hooks\.example\.org', $session.Servers.webhook `
            -creplace "'<the rack>'", "'$TestDrive/rack'" -creplace '-Region eu-west-1', '-Region us-east-1' `
            -creplace '-Scheduler Systemd', '-Scheduler Cron' `
            -creplace 'Register-ConvoxRenewal(?=\s*(#|$))', 'Register-ConvoxRenewal -Scheduler Cron' `
            -creplace '-Rack C:\\ProgramData\\convoxssl|-Rack "\$env:RUNNER_TEMP/rack"', "-Rack '$TestDrive/rack'"
    }
}

AfterAll { Exit-TestSession }

Describe '<Name>' -ForEach $script:documents {
    It 'names the language of each code block' {
        $languages = 'powershell', 'console', 'shell', 'yaml', 'json', 'http', 'python', 'dockerfile', 'text'
        $Blocks.Where({ $_.Language -notin $languages }).Line | Should -BeNullOrEmpty
        Get-GuideProse $File | Should -Not -Match '(?m)^$\n {4}\S'
    }

    It 'has no broken links' {
        $folder = Split-Path $File
        $broken = foreach ($link in [regex]::Matches((Get-GuideProse $File), '\]\((?!https?:)(?<path>[^)#]*)(?:#(?<anchor>[^)]*))?\)')) {
            $target = if ($link.Groups['path'].Value) { Join-Path $folder $link.Groups['path'].Value } else { $File }
            $anchor = $link.Groups['anchor'].Value
            $headings = if ($anchor -and (Test-Path $target)) {
                [regex]::Matches([System.IO.File]::ReadAllText($target), '(?m)^#+ (.*)$').ForEach({
                        $_.Groups[1].Value.ToLowerInvariant() -replace '[^\w\- ]' -replace ' ', '-'
                    })
            }
            if (-not (Test-Path $target) -or ($anchor -and $anchor -notin $headings)) { $link.Value }
        }
        $broken | Should -BeNullOrEmpty
    }
}

Describe 'Shell commands in <Name>' -ForEach $script:documents.Where({ $_.Shell }) -Skip:$IsWindows {
    BeforeAll {
        # build.sh only checks the task's name, and other programs are stubs.
        $folder = "$TestDrive/$([guid]::NewGuid())"
        & "$PSScriptRoot/New-GuideFolder.ps1" $folder
        $known = (Get-Command "$($session.Root)/build.ps1").Parameters['Task'].Attributes.ValidValues -join '|'
        Set-Content "$folder/build.sh" "#!/bin/sh`ncase `"`$1`" in $known) ;; *) echo `"no task `$1`" >&2; exit 2 ;; esac"
        Set-Content "$folder/rack.tar.age" ''
        New-Item -ItemType Directory "$folder/rack" -Force | Out-Null
        chmod +x "$folder/build.sh"
        Set-TestVariable @{ PATH = "$folder/programs:$env:PATH" }
    }

    It 'succeed in line <Line>' -ForEach $Shell {
        $output = bash -c "set -eu; cd '$folder'; $($Code -replace '&& sudo ', '&& ')" 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$output"
    }
}

Describe 'Workflow in <Name>' -ForEach $script:documents.Where({ $_.Steps }) -Skip:$IsWindows {
    It 'has valid shell syntax in line <Line>' -ForEach $Steps.Where({ $_.Shell -eq 'bash' }) {
        $output = $Code | bash -n 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$output"
    }

    It 'renews with PowerShell in line <Line>' -ForEach $Steps.Where({
            $_.Shell -eq 'pwsh' -and $_.Code -match 'Convox' -and $_.Code -notmatch 'Install-'
        }) {
        $script = ConvertTo-TestCode $Code $false
        $script | Should -Match 'Update-ConvoxCertificate'
        { Invoke-PowerShell ($script -replace 'Import-Module ConvoxSsl', "Import-Module '$($session.Module)'") } | Should -Not -Throw
    }
}

Describe 'PowerShell in <Name>' -ForEach $script:documents.Where({ $_.PowerShell }) -Skip:$IsWindows {
    BeforeAll {
        $folder = "$TestDrive/$([guid]::NewGuid())"
        & "$PSScriptRoot/New-GuideFolder.ps1" $folder
        Set-TestVariable @{
            CONVOXSSL_HOME = "$folder/rack"; RUNNER_TEMP = $folder; PATH = "$folder/programs:$env:PATH"
            KUBECONFIG = if ($Cluster) { $session.Servers.convoxKubeConfig } else { "$folder/none" }
        }
        $preference = if ($Cluster) { '' } else {
            '$PSDefaultParameterValues += @{ "New-ConvoxCertificate:CaCertificate" = $Servers.dnsCa.root; ' +
                '"New-ConvoxCertificate:HttpPort" = $Servers.dnsCa.httpPort; "New-ConvoxCertificate:SkipPropagationCheck" = $true };'
        }
        $script:runspace = New-GuideSession $session $folder "$preference $Prepare"
    }

    AfterAll {
        # The Kubernetes rack is shared between tests; keep the apps' copies.
        if ($Cluster) {
            Invoke-InGuide $script:runspace 'Get-ConvoxDnsSolver | Remove-ConvoxDnsSolver'
            Invoke-InGuide $script:runspace 'Get-ConvoxCertificate | Where-Object Id -NotMatch "@" | Remove-ConvoxCertificate'
        }
        $script:runspace.Dispose()
    }

    It 'runs in line <Line>' -ForEach $PowerShell {
        { Invoke-InGuide $script:runspace (ConvertTo-TestCode $Code $Cluster) } | Should -Not -Throw
    }
}
