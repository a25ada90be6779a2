# Runs test files under one version of Pester; Invoke-Suite.ps1 starts it in its own process. Failures are written to the report,
# because host output of cmdlets, such as "What if", also appears in this process' output.
param(
    [Parameter(Mandatory)] [string] $Manifest,
    [Parameter(Mandatory)] [string] $Report,
    [Parameter(ValueFromRemainingArguments)] [string[]] $Path
)

$ErrorActionPreference = 'Stop'
$env:PSModulePath = "$PSHOME/Modules"
$ProgressPreference = 'SilentlyContinue'
$pester = Import-Module $Manifest -PassThru
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
# The test files import the module again; this instance owns the servers.
$suite = Import-Module "$PSScriptRoot/Suite.psm1" -PassThru
# The files share these servers; a run under another version at the same time has its own.
& $suite { Set-TestVariable @{ CONVOXSSL_TEST_SERVERS = Start-TestServer | ConvertTo-Json -Compress } }
try {
    # Tests assert the warnings that they expect; hide the rest.
    $run = Invoke-Pester -Configuration $configuration 3>$null 4>$null 5>$null 6>$null
} finally {
    & $suite { Stop-TestServer }
}

$lines = foreach ($failed in @($run.FailedContainers) + @($run.FailedBlocks) + @($run.Failed)) {
    $name = if ($failed.PSObject.Properties['ExpandedPath']) {
        "$($failed.ExpandedPath) ($(Split-Path -Leaf $failed.ScriptBlock.File):$($failed.StartLine))"
    } else {
        "$($failed.Item)"
    }
    "FAILED: $name"
    foreach ($problem in $failed.ErrorRecord) {
        "  $($problem.Exception.Message -replace '\r?\n', "`n  ")"
        $problem.ScriptStackTrace -split '\r?\n' | Where-Object { $_ -match '\.Tests\.ps1' } | ForEach-Object { "  $_" }
    }
}

# Count a file or block whose setup failed, because none of its tests is counted.
$failures = [Math]::Max($run.FailedCount, $run.FailedContainersCount + $run.FailedBlocksCount)
$skipped = if ($run.SkippedCount) { ", $($run.SkippedCount) skipped" }
$counts = "$($run.PassedCount) passed, $failures failed$skipped in $([int]$run.Duration.TotalSeconds) s"
@{
    Lines = @($lines) + "Pester $($pester.Version) under PowerShell $($PSVersionTable.PSVersion): $counts"
    Counts = $run.PassedCount, $failures, $run.SkippedCount
} | ConvertTo-Json | Set-Content $Report
