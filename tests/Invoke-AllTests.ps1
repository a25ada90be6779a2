#Requires -Version 7.4

<#
.SYNOPSIS
Runs every test project and the Pester suite, several at a time, and counts their results.
.DESCRIPTION
The solution must have been built. The output of a suite is shown when the suite ends. At the end: the failed tests with their
messages, the summaries of the matrix tests, and a last line with the counts.
.EXAMPLE
./tests/Invoke-AllTests.ps1 -Suite ConvoxSsl.Engine.Tests, Pester
#>
[CmdletBinding()]
param(
    # The names of the suites to run; all by default.
    [string[]] $Suite = '*',

    # The maximum number of suites that run at the same time. Each runs several tests at once.
    [int] $Parallel = [Math]::Max(2, [Environment]::ProcessorCount)
)

$ErrorActionPreference = 'Stop'
$Suite = $Suite -split ','
$results = [System.IO.Directory]::CreateTempSubdirectory('tests-').FullName
# A temporary directory of its own: PowerShell lists every parent of a path, and /tmp can have thousands of entries.
$null = [System.IO.Directory]::CreateDirectory("$results/tmp")

# The suites that take longest start first, so that none of them is left alone at the end.
$longest = @(
    'ConvoxSsl.KillMatrix.Tests'
    'Pester'
    'ConvoxSsl.Engine.Tests'
    'ConvoxSsl.Package.Tests'
    'ConvoxSsl.Tests'
    'ConvoxSsl.Kubernetes.Tests'
    'ConvoxSsl.Scenarios.Tests'
)

function Test-Wanted {
    param([string] $Name)
    $Suite.Where({ $Name -like $_ }).Count -gt 0
}

function Get-TestSuite {
    $pwsh = [Environment]::ProcessPath
    $library = if ([System.IO.Path]::GetFileNameWithoutExtension($pwsh) -eq 'dotnet') {
        # build.ps1 makes a copy that starts faster.
        "$env:CONVOXSSL_TEST_PROGRAMS/PowerShell/pwsh.dll", "$PSHOME/pwsh.dll" | Where-Object { Test-Path $_ } | Select-Object -First 1
    }
    $script = '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/Pester/Invoke-Suite.ps1", '-CountFile', "$results/pester"
    if (Test-Wanted Pester) {
        [pscustomobject]@{ Name = 'Pester'; Program = $pwsh; Arguments = @($library).Where({ $_ }) + $script }
    }
    $projects = Get-ChildItem $PSScriptRoot -Filter *.csproj -Recurse -Depth 1 |
        Where-Object { Test-Wanted $_.BaseName } |
        Where-Object { Select-String Microsoft.NET.Test.Sdk $_ -Quiet }
    # The small projects share a run, because its start takes longer than their tests.
    foreach ($group in $projects | Group-Object { $_.BaseName -in $longest ? $_.BaseName : 'Small projects' }) {
        $libraries = $group.Group.ForEach({ "$($_.DirectoryName)/bin/Release/net10.0/$($_.BaseName).dll" })
        $options = '--nologo', '--logger', "trx;LogFileName=$($group.Name).trx", '--results-directory', $results
        [pscustomobject]@{ Name = $group.Name; Program = 'dotnet'; Arguments = @('test') + $libraries + $options }
    }
}

function Start-TestSuite {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'A build task.')]
    param($Suite)
    $start = [System.Diagnostics.ProcessStartInfo]::new($Suite.Program, [string[]]$Suite.Arguments)
    $start.WorkingDirectory = [System.IO.Path]::GetFullPath("$PSScriptRoot/..")
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    # Recompilation costs a short process more than it gains: none that is guided by a profile, and otherwise not after 30 calls
    # of a method but after 1024. The number is hexadecimal.
    $start.Environment['DOTNET_TieredPGO'] = '0'
    $start.Environment['DOTNET_TC_CallCountThreshold'] = '400'
    # Killed processes leave their debugger's pipes in the temporary directory.
    $start.Environment['DOTNET_EnableDiagnostics'] = '0'
    $start.Environment['TMPDIR'] = "$results/tmp"
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    $start.Environment['POWERSHELL_UPDATECHECK'] = 'Off'
    $process = [System.Diagnostics.Process]::Start($start)
    $output = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
    @{
        Name    = $Suite.Name
        Process = $process
        Output  = $output
        Exit    = $process.WaitForExitAsync()
        Clock   = [System.Diagnostics.Stopwatch]::StartNew()
    }
}

# Writes the output of a suite, without the lines that every test run repeats.
function Write-SuiteOutput {
    param($Run)
    $lines = ($Run.Output.Result -join '') -split '\r?\n' -notmatch '^\s*$|^Test run for|^A total of|^Results File'
    # The output of Pester is its failures and counts, which belong near the end of a long log.
    if ($Run.Name -eq 'Pester') {
        [System.IO.File]::WriteAllLines("$results/pester.log", [string[]]$lines)
    } else {
        Write-Host ($lines -join "`n")
    }
    Write-Host "$($Run.Name) took $([int]$Run.Clock.Elapsed.TotalSeconds) s"
}

# Runs the suites and returns the names of those that failed.
function Invoke-TestSuite {
    param($Suites)
    $queue = [System.Collections.Generic.Queue[object]]::new(@($Suites))
    $running = [System.Collections.Generic.List[object]]::new()
    try {
        while ($queue.Count -or $running.Count) {
            while ($queue.Count -and $running.Count -lt $Parallel) { $running.Add((Start-TestSuite $queue.Dequeue())) }
            # In short steps, so that Ctrl+C takes effect.
            while (($index = [System.Threading.Tasks.Task]::WaitAny([System.Threading.Tasks.Task[]]$running.Exit, 500)) -lt 0) { }
            $run = $running[$index]
            $running.RemoveAt($index)
            Write-SuiteOutput $run
            if ($run.Process.ExitCode -ne 0) { $run.Name }
            $run.Process.Dispose()
        }
    } finally {
        foreach ($run in $running) { $run.Process.Kill($true) }
    }
}

# Reads the results of one test project: its counts, and what belongs near the end of a long log.
function Read-TestResult {
    param([string] $File)
    $text = [System.IO.File]::ReadAllText($File)
    $run = ([xml]$text).TestRun
    $counters = $run.ResultSummary.Counters
    $matrix = '(?m)(?:^|<StdOut>)((?:(?:Kill|Disk|Fault) matrix[^<\r\n]*|Kubernetes):[^<\r\n]*)'
    [pscustomobject]@{
        Passed   = [int]$counters.passed
        Failed   = [int]$counters.failed
        Skipped  = [int]$counters.total - [int]$counters.executed
        Failures = $run.Results.ChildNodes.Where({ $_.outcome -eq 'Failed' }).ForEach({
                "FAILED: $($_.testName)`n  $($_.Output.ErrorInfo.Message)"
            })
        Log      = $null
        Matrices = [regex]::Matches($text, $matrix).ForEach({ $_.Groups[1].Value })
    }
}

function Read-PesterResult {
    if (-not (Test-Path "$results/pester.log")) { return }
    # There are no counts if Pester could not be restored; its output says so.
    $counts = if (Test-Path "$results/pester") { [int[]]((Get-Content "$results/pester") -split ' ') } else { 0, 0, 0 }
    [pscustomobject]@{
        Passed   = $counts[0]
        Failed   = $counts[1]
        Skipped  = $counts[2]
        Failures = @()
        Log      = Get-Content "$results/pester.log"
        Matrices = @()
    }
}

try {
    $ended = @(Invoke-TestSuite (Get-TestSuite | Sort-Object { ([array]::IndexOf($longest, $_.Name) + 100) % 100 }, Name))
    $read = @(Get-ChildItem $results -Filter *.trx | ForEach-Object { Read-TestResult $_ }) + @(Read-PesterResult)
} finally {
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
}

$read.Failures
$read.Matrices | Sort-Object -Unique
$read | Where-Object Log | ForEach-Object Log
$passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' | ForEach-Object { ($read | Measure-Object $_ -Sum).Sum }
if ('pebble', 'pebble-challtestsrv' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }) {
    'Pebble is not installed: its tests are skipped'
}
if ($ended -and -not $failed) { "The test run itself failed: $ended" }
"$passed passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
exit [int]($ended.Count -gt 0)
