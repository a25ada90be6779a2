# Runs the examples in docs/testing-runbooks.md: each block is a file, and its tests run in a session like a reader's.
BeforeDiscovery {
    $guide = Get-Content "$PSScriptRoot/../../docs/testing-runbooks.md" -Raw
    $script:files = [regex]::Matches($guide, '(?ms)^```powershell\r?\n# (?<Name>\S+\.ps1)\r?\n(?<Text>.*?)^```').ForEach({
            @{ Name = $_.Groups['Name'].Value; Text = $_.Groups['Text'].Value }
        })
}

Describe 'docs/testing-runbooks.md' {
    BeforeAll {
        Import-Module "$PSScriptRoot/Suite.psm1" -Force
        $script:guide = Get-Content "$PSScriptRoot/../../docs/testing-runbooks.md" -Raw
        $pattern = '(?ms)^```powershell\r?\n# (?<Name>\S+\.ps1)\r?\n(?<Text>.*?)^```'
        foreach ($file in [regex]::Matches($guide, $pattern)) {
            Set-Content "$TestDrive/$($file.Groups['Name'].Value)" $file.Groups['Text'].Value
        }
        $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out")
        $script:lines = Invoke-PowerShell @"
            `$env:PSModulePath = "$module`$([System.IO.Path]::PathSeparator)`$PSHOME/Modules"
            Import-Module '$((Get-Module Pester).Path -replace '\.psm1$', '.psd1')'
            `$configuration = New-PesterConfiguration
            `$configuration.Run.Path = '$TestDrive'
            `$configuration.Run.PassThru = `$true
            `$configuration.Output.Verbosity = 'None'
            `$run = Invoke-Pester -Configuration `$configuration 3>`$null
            foreach (`$test in `$run.Tests) {
                "`$(`$test.Result) `$(Split-Path -Leaf `$test.ScriptBlock.File) `$(`$test.ExpandedName) `$(`$test.ErrorRecord)"
            }
            foreach (`$failed in @(`$run.FailedContainers) + @(`$run.FailedBlocks)) { "Failed `$(`$failed.ErrorRecord)" }
"@ @{ CONVOXSSL_HOME = "$TestDrive/rack" }
    }

    It 'names a file in the first line of each block' {
        [regex]::Matches($guide, '(?m)^```powershell\r?$').Count | Should -Be @(Get-ChildItem $TestDrive -Filter *.ps1).Count
    }

    It 'has a test for every script' {
        $scripts = Get-ChildItem $TestDrive -Filter *.ps1 | Where-Object Name -NotLike '*.Tests.ps1'
        $scripts.Count | Should -BeGreaterThan 2
        foreach ($script in $scripts) { "$TestDrive/$($script.BaseName).Tests.ps1" | Should -Exist }
    }

    It 'has passing tests in <Name>' -ForEach $files.Where({ $_.Name -like '*.Tests.ps1' }) {
        $own = $lines -like "* $Name *"
        $own | Should -Not -BeNullOrEmpty
        $lines | Where-Object { $_ -like 'Failed*' } | Should -BeNullOrEmpty
        $own | ForEach-Object { $_ | Should -BeLike 'Passed *' }
    }
}
