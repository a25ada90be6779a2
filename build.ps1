#!/usr/bin/env pwsh
# The project's tasks with PowerShell; build.sh offers the same ones where there is none.
param(
    [ValidateSet('Build', 'Test', 'Demo', 'Package', 'Install', 'Bench', 'Fuzz', 'Clean')]
    [string] $Task = 'Build',

    # For Fuzz: such as --inputs 20000, or what a finding says after "again". For Bench: the parts to run, by default all.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
$solution = "$PSScriptRoot/ConvoxSsl.sln"
$common = '--configuration', 'Release', '--nologo', '--verbosity', 'quiet'

function Invoke-DotNet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) ended with $LASTEXITCODE." }
}

function Test-Program {
    param([string[]] $Name)
    foreach ($program in $Name) {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return $false }
    }
    $true
}

function Test-Pebble { Test-Program pebble, pebble-challtestsrv }

# Pebble is the ACME CA that tests and demo issue from. Without it they do with less, and say so.
function Install-Pebble {
    if (Test-Pebble) { return }
    $install = @('apt-get', 'install', '--yes', '--quiet', 'pebble')
    if ([Environment]::UserName -ne 'root') { $install = @('sudo') + $install }
    if (Test-Program $install[0], 'apt-get') {
        'Installing Pebble, the ACME CA for tests, from the system''s packages.'
        & $install[0] $install[1..($install.Count - 1)] > $null
    }
    if (-not (Test-Pebble)) { 'Pebble could not be installed.' }
}

# The ACME clients to compare with, and the program that measures processes. What can't be had is left out, and the results say so.
function Install-Peer {
    Install-Pebble
    $install = @('apt-get', 'install', '--yes', '--quiet')
    if ([Environment]::UserName -ne 'root') { $install = @('sudo') + $install }
    if (-not (Test-Program $install[0], 'apt-get')) { return }
    foreach ($program in 'lego', 'certbot', 'acme-tiny', 'uacme', 'curl', 'time') {
        if (Test-Program $program) { continue }
        & $install[0] $install[1..($install.Count - 1)] $program > $null
        if ($LASTEXITCODE -ne 0) { "$program could not be installed." }
    }
}

# Writes how many tests passed, failed and were skipped into a file, which is not there where there is nothing to run them.
function Invoke-PesterSuite {
    param([string] $CountFile)
    $suite = "$PSScriptRoot/tests/Pester/Invoke-Suite.ps1"
    if ($PSVersionTable.PSVersion -ge [version]'7.4') {
        & $suite -CountFile $CountFile
        return
    }

    dotnet tool restore > $null
    if ($LASTEXITCODE -ne 0) { 'Pester did not run: there is no PowerShell 7.4 or later, and the .NET tool could not be restored.'; return }
    dotnet tool run pwsh -NoProfile -NonInteractive -File $suite -CountFile $CountFile
}

# Copied beside and then renamed, so that no session finds half a module. A version that was there is replaced.
function Install-BuiltModule {
    $built = "$PSScriptRoot/out/ConvoxSsl"
    $version = (Import-PowerShellDataFile "$built/ConvoxSsl.psd1").ModuleVersion
    $modules = if ($PSVersionTable.Platform -eq 'Unix') {
        $data = if ($env:XDG_DATA_HOME) { $env:XDG_DATA_HOME } else { "$HOME/.local/share" }
        "$data/powershell/Modules"
    } else {
        "$([Environment]::GetFolderPath('MyDocuments'))/PowerShell/Modules"
    }
    $target = "$modules/ConvoxSsl/$version"
    $staged = "$modules/ConvoxSsl/.install-$PID"
    $null = New-Item -ItemType Directory -Path $staged -Force
    Copy-Item $built "$staged/new" -Recurse
    if (Test-Path $target) { Move-Item $target "$staged/old" }
    Move-Item "$staged/new" $target
    Remove-Item $staged -Recurse -Force
    "ConvoxSsl $version is installed in $target"
}

function Invoke-Test {
    Install-Pebble
    Invoke-DotNet build $solution @common
    $results = [System.IO.Directory]::CreateTempSubdirectory('tests-').FullName
    dotnet test $solution --configuration Release --no-build --nologo --logger trx --results-directory $results
    $status = $LASTEXITCODE
    $passed = $failed = $skipped = 0
    $told = foreach ($file in [System.IO.Directory]::GetFiles($results, '*.trx')) {
        $text = [System.IO.File]::ReadAllText($file)
        [regex]::Matches($text, '(?m)(?:^|<StdOut>)((?:(?:Kill|Disk|Fault) matrix[^<\r\n]*|Kubernetes):[^<\r\n]*)').ForEach({ $_.Groups[1].Value })
        $run = ([xml]$text).TestRun
        foreach ($test in $run.Results.ChildNodes.Where({ $_.outcome -eq 'Failed' })) { "FAILED: $($test.testName)`n  $($test.Output.ErrorInfo.Message)" }
        $counters = $run.ResultSummary.Counters
        $passed += [int]$counters.passed
        $failed += [int]$counters.failed
        $skipped += [int]$counters.total - [int]$counters.executed
    }
    # What failed, and what was tried where passing tests are silent.
    $told | Sort-Object -Unique
    Invoke-PesterSuite "$results/pester"
    if ([System.IO.File]::Exists("$results/pester")) {
        $counts = [int[]]([System.IO.File]::ReadAllText("$results/pester").Trim() -split ' ')
        $passed, $failed, $skipped = ($passed + $counts[0]), ($failed + $counts[1]), ($skipped + $counts[2])
        if ($counts[1] -gt 0) { $status = 1 }
    }
    [System.IO.Directory]::Delete($results, $true)
    if (-not (Test-Pebble)) { 'Pebble is not installed: its tests are skipped' }
    if ($status -ne 0 -and $failed -eq 0) { 'The test run itself failed' }
    "$passed passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
    exit $status
}

switch ($Task) {
    'Build' { Invoke-DotNet build $solution @common }
    'Test' { Invoke-Test }
    'Demo' {
        Install-Pebble
        Invoke-DotNet build $solution @common
        Invoke-DotNet "$PSScriptRoot/tools/Demo/bin/Release/net10.0/Demo.dll"
    }
    'Package' {
        Remove-Item "$PSScriptRoot/out/package/*.nupkg" -ErrorAction Ignore
        Invoke-DotNet pack "$PSScriptRoot/tools/Package" @common
        $size = (Get-ChildItem "$PSScriptRoot/out/ConvoxSsl" -Recurse -File | Measure-Object Length -Sum).Sum
        "out/ConvoxSsl: $([Math]::Floor($size / 1KB)) KiB"
        foreach ($file in Get-ChildItem "$PSScriptRoot/out/package/*.nupkg") { "out/package/$($file.Name): $([Math]::Floor($file.Length / 1KB)) KiB" }
    }
    'Install' {
        Invoke-DotNet build "$PSScriptRoot/src/ConvoxSsl" @common -clp:NoSummary
        Install-BuiltModule
    }
    'Bench' {
        Install-Peer
        Invoke-DotNet build $solution @common
        dotnet tool restore > $null
        # PowerShell ships its engine compiled ahead of time, and the package does not.
        $program = "$PSScriptRoot/out/bench/host"
        Invoke-DotNet publish "$PSScriptRoot/bench/BareHost" @common --use-current-runtime --self-contained false `
            -p:PublishReadyToRun=true -p:NuGetLockFilePath=obj/bench.lock.json -p:RestoreLockedMode=false `
            --artifacts-path "$PSScriptRoot/out/bench/artifacts" --output $program
        dotnet "$PSScriptRoot/bench/ConvoxSsl.Bench/bin/Release/net10.0/ConvoxSsl.Bench.dll" "$program/BareHost.dll" @Arguments
        exit $LASTEXITCODE
    }
    'Fuzz' {
        Invoke-DotNet build "$PSScriptRoot/tests/ConvoxSsl.Fuzzing" @common
        dotnet "$PSScriptRoot/tests/ConvoxSsl.Fuzzing/bin/Release/net10.0/ConvoxSsl.Fuzzing.dll" @Arguments
        exit $LASTEXITCODE
    }
    'Clean' {
        Invoke-DotNet clean $solution @common
        if ([System.IO.Directory]::Exists("$PSScriptRoot/out")) { [System.IO.Directory]::Delete("$PSScriptRoot/out", $true) }
    }
}
