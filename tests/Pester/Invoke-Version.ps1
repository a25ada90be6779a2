# Runs test files under one version of Pester; Invoke-Suite.ps1 starts it in a process of its own. What failed goes into the
# report, because what cmdlets tell the host, such as "What if", can't be kept from this process' output.
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
# The tests say what they expect of warnings and the like; the rest is noise.
$run = Invoke-Pester -Configuration $configuration 3>$null 4>$null 5>$null 6>$null

$lines = foreach ($failed in @($run.FailedContainers) + @($run.FailedBlocks) + @($run.Failed)) {
    $name = if ($failed.PSObject.Properties['ExpandedPath']) { "$($failed.ExpandedPath) ($(Split-Path -Leaf $failed.ScriptBlock.File):$($failed.StartLine))" } else { "$($failed.Item)" }
    "FAILED: $name"
    foreach ($problem in $failed.ErrorRecord) {
        "  $($problem.Exception.Message -replace '\r?\n', "`n  ")"
        $problem.ScriptStackTrace -split '\r?\n' | Where-Object { $_ -match '\.Tests\.ps1' } | ForEach-Object { "  $_" }
    }
}

# A file or a block that could not even begin counts where none of its tests does.
$failures = [Math]::Max($run.FailedCount, $run.FailedContainersCount + $run.FailedBlocksCount)
@{
    Lines = @($lines) + "Pester $($pester.Version) under PowerShell $($PSVersionTable.PSVersion): $($run.PassedCount) passed, $failures failed$(if ($run.SkippedCount) { ", $($run.SkippedCount) skipped" }) in $([int]$run.Duration.TotalSeconds) s"
    Counts = $run.PassedCount, $failures, $run.SkippedCount
} | ConvertTo-Json | Set-Content $Report
