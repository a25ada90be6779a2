<#
.SYNOPSIS
Runs the suite under each version of Pester in Pester.csproj, side by side, each in its own process.
.DESCRIPTION
Build the solution first. Shows failures only, and one summary line for each version.
.EXAMPLE
./tests/Pester/Invoke-Suite.ps1 -Test Mocking.Tests.ps1 -Version 6.2.0
#>
param(
    # The test files to run.
    [string[]] $Test = '*.Tests.ps1',

    # The versions of Pester. The default is all.
    [string[]] $Version,

    # The file to write "passed failed skipped" to, for the build's last line.
    [string] $CountFile
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Suite.psm1" -Force

$listed = dotnet msbuild "$PSScriptRoot/Pester.csproj" -restore -nologo -verbosity:quiet -target:ListPester -getItem:PesterManifest
if ($LASTEXITCODE -ne 0) {
    'Pester was not run because it could not be restored.'
    exit 0
}

$manifests = ($listed | ConvertFrom-Json).Items.PesterManifest.FullPath |
    Where-Object { -not $Version -or ($_ -split '[\\/]')[-3] -in $Version }
# With -File, PowerShell passes a list as one string.
$wanted = $Test -split ','
$files = Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Where-Object { $name = $_.Name; $wanted.Where({ $name -like $_ }) }
if (-not $files) { throw "Cannot find a test file that matches $Test." }
$pwsh = @(Get-PowerShellCommand)
$runs = foreach ($manifest in $manifests) {
    $report = [System.IO.Path]::GetTempFileName()
    $arguments = @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/Invoke-Version.ps1"
    $arguments += $manifest, $report + $files.FullName
    $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh[0], [string[]]$arguments)
    $start.RedirectStandardOutput = $true
    # Only PowerShell's own modules, so that installed modules do not affect the result.
    $start.Environment['PSModulePath'] = "$PSHOME/Modules"
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    $start.Environment['POWERSHELL_UPDATECHECK'] = 'Off'
    $process = [System.Diagnostics.Process]::Start($start)
    @{ Manifest = $manifest; Report = $report; Process = $process; Output = $process.StandardOutput.ReadToEndAsync() }
}

$total = 0, 0, 0
foreach ($run in $runs) {
    $run.Process.WaitForExit()
    $result = Get-Content $run.Report -Raw | ConvertFrom-Json
    Remove-Item $run.Report
    # A process that ends without a report is a failure.
    if (-not $result) { $result = @{ Lines = $run.Output.Result, "$($run.Manifest) ended without a report."; Counts = 0, 1, 0 } }
    $result.Lines
    $total = 0..2 | ForEach-Object { $total[$_] + $result.Counts[$_] }
}

if ($CountFile) { Set-Content $CountFile ($total -join ' ') }
exit [int]($total[1] -gt 0)
