#!/usr/bin/env pwsh
#Requires -Version 7.4

<#
.SYNOPSIS
Runs one of the project's tasks.
.DESCRIPTION
Build    builds everything, with analyzers: the module into out/ConvoxSsl and the pages of its help into out/docs.
Test     builds everything and runs every test; the last line counts them. Analyzers run if the environment variable QuickBuild
         is false, as in CI.
Demo     builds what the demo needs and runs it.
Package  creates the .nupkg for a gallery in out/package. The environment variable VersionSuffix labels a prerelease.
Install  builds the module and copies it to the current user's modules.
Bench    measures the module beside other ACME clients.
Fuzz     feeds damaged input to every parser.
Clean    removes build output.

build.sh runs the same tasks on a machine without PowerShell 7.4.
.PARAMETER Task
The task to run.
.PARAMETER Arguments
For Bench: the parts to run; all by default. For Fuzz: the fuzzer's options, for example --inputs 20000.
.EXAMPLE
./build.ps1 Test
.EXAMPLE
./build.ps1 Bench fresh http
.EXAMPLE
./build.ps1 Fuzz --inputs 20000
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Package', 'Install', 'Bench', 'Fuzz', 'Clean')]
    [string] $Task = 'Build',

    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
$solution = "$PSScriptRoot/ConvoxSsl.sln"
# The compiler starts once and not for each project, whatever the environment says.
$common = '--configuration', 'Release', '--nologo', '--verbosity', 'quiet', '-clp:NoSummary', '-p:UseSharedCompilation=true'

function Invoke-DotNet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE." }
}

# Builds a project or the solution.
function Invoke-Build {
    param([string] $Project = $solution, [Parameter(ValueFromRemainingArguments)] [string[]] $Options = @())
    Invoke-DotNet build $Project @common @Options
}

# Builds a project or the solution with the module's library compiled ahead of time; see precompile.targets.
function Invoke-PrecompiledBuild {
    param([string] $Project = $solution, [Parameter(ValueFromRemainingArguments)] [string[]] $Options = @())
    Invoke-Build $Project '-p:Precompile=Machine' @Options
    Write-MissingPrecompilation
}

# Names what could not be compiled ahead of time. It works all the same, because the runtime compiles it.
function Write-MissingPrecompilation {
    $missing = @(Get-Content "$PSScriptRoot/out/precompile.missing" -ErrorAction Ignore)
    if ($missing) {
        Write-Host "Not compiled ahead of time, because the compiler could not be restored: $($missing -join ', ')."
    }
}

# Publishes a program compiled ahead of time, for programs whose start is what takes their time. PowerShell's NuGet package is not
# compiled ahead of time. Returns false if the compiler cannot be restored.
function Publish-Program {
    param([string] $Project, [string] $Output)
    dotnet publish $Project @common --use-current-runtime --self-contained false '-p:PublishReadyToRun=true' `
        '-p:QuickBuild=true' '-p:NuGetLockFilePath=obj/publish.lock.json' '-p:RestoreLockedMode=false' `
        --artifacts-path "$PSScriptRoot/out/artifacts" --output $Output > $null
    $LASTEXITCODE -eq 0
}

# Lays out a copy of the running PowerShell with the engine that PowerShellRunner was published with: the .NET tool, unlike an
# installed PowerShell, is not compiled ahead of time.
function Publish-PowerShell {
    param([string] $Engine, [string] $Output)
    $own = "$PSHOME/System.Management.Automation.dll"
    if ([System.IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -ne 'dotnet' -or -not (Test-Path $Engine)) { return }
    if ((Get-Item $Engine).VersionInfo.FileVersion -ne (Get-Item $own).VersionInfo.FileVersion) { return }
    Copy-Item $PSHOME $Output -Recurse
    Copy-Item $Engine $Output
}

# True if every program is on the PATH.
function Test-Program {
    param([string[]] $Name)
    @($Name.Where({ -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })).Count -eq 0
}

function Test-Pebble { Test-Program pebble, pebble-challtestsrv }

# Starts the installation of packages, which can go on beside a build. Returns nothing if this machine cannot install any.
function Start-PackageInstall {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'A build task.')]
    param([string[]] $Package)
    $sudo = if ([Environment]::UserName -eq 'root') { '' } else { 'sudo ' }
    if (-not (Test-Program sh, apt-get) -or ($sudo -and -not (Test-Program sudo))) { return }
    # One by one, so that an unavailable package does not prevent the others. A fresh machine has no package lists yet.
    $script = @"
export DEBIAN_FRONTEND=noninteractive
for package in $Package; do
  ${sudo}apt-get install --yes --quiet "`$package" && continue
  [ -n "`${updated:-}" ] || ${sudo}apt-get update --quiet
  updated=1
  ${sudo}apt-get install --yes --quiet "`$package" || true
done
"@
    $start = [System.Diagnostics.ProcessStartInfo]::new('sh', [string[]]('-c', "($script) >/dev/null 2>&1 </dev/null"))
    [System.Diagnostics.Process]::Start($start)
}

# Starts the installation of Pebble, the ACME CA for tests, and of other programs if they are missing. Tests and demo do less
# without them.
function Start-PebbleInstall {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'A build task.')]
    param([string[]] $With = @())
    $missing = @(if (-not (Test-Pebble)) { 'pebble' }) + @($With.Where({ -not (Test-Program $_) }))
    if (-not $missing) { return }
    $install = Start-PackageInstall $missing
    if ($install) { Write-Host "Installing $($missing -join ' and ') for the tests from the system's packages." }
    $install
}

function Wait-PebbleInstall {
    param($Install)
    if ($Install) { $Install.WaitForExit() }
    if (-not (Test-Pebble)) { 'Pebble could not be installed.' }
}

# Installs the ACME clients to compare with and the program that measures processes. The results name those that are missing.
function Install-Peer {
    Wait-PebbleInstall (Start-PebbleInstall)
    $missing = 'lego', 'certbot', 'acme-tiny', 'uacme', 'curl', 'time' | Where-Object { -not (Test-Program $_) }
    if (-not $missing) { return }
    $install = Start-PackageInstall $missing
    if ($install) { $install.WaitForExit() }
    $missing | Where-Object { -not (Test-Program $_) } | ForEach-Object { "$_ could not be installed." }
}

# Copies to a folder beside the target and renames it, so that no session finds an incomplete module.
function Install-BuiltModule {
    $built = "$PSScriptRoot/out/ConvoxSsl"
    $version = (Import-PowerShellDataFile "$built/ConvoxSsl.psd1").ModuleVersion
    $modules = if ($IsWindows) {
        "$([Environment]::GetFolderPath('MyDocuments'))/PowerShell/Modules"
    } else {
        "$($env:XDG_DATA_HOME ? $env:XDG_DATA_HOME : "$HOME/.local/share")/powershell/Modules"
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

switch ($Task) {
    'Build' { Invoke-PrecompiledBuild }
    'Test' {
        $pebble = Start-PebbleInstall -With strace
        Invoke-PrecompiledBuild $solution "-p:QuickBuild=$($env:QuickBuild ? $env:QuickBuild : 'true')"
        # Tests start this program many times. They use its regular build if it is missing here.
        $env:CONVOXSSL_TEST_PROGRAMS = "$PSScriptRoot/out/test-programs"
        if (Test-Path $env:CONVOXSSL_TEST_PROGRAMS) { Remove-Item $env:CONVOXSSL_TEST_PROGRAMS -Recurse -Force }
        $null = Publish-Program "$PSScriptRoot/tools/PowerShellRunner" "$env:CONVOXSSL_TEST_PROGRAMS/PowerShellRunner"
        # Some tests run the repository's PowerShell, whatever this one is. They are skipped if it cannot be restored.
        if ([System.IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -ne 'dotnet') { $null = dotnet tool restore 2>&1 }
        $engine = "$env:CONVOXSSL_TEST_PROGRAMS/PowerShellRunner/System.Management.Automation.dll"
        Publish-PowerShell $engine "$env:CONVOXSSL_TEST_PROGRAMS/PowerShell"
        # These tests host the engine.
        $hosted = "$PSScriptRoot/tests/ConvoxSsl.Tests/bin/Release/net10.0/runtimes/$($IsWindows ? 'win' : 'unix')/lib/net10.0"
        if ((Test-Path $engine) -and (Test-Path $hosted)) { Copy-Item $engine $hosted }
        Wait-PebbleInstall $pebble
        & "$PSScriptRoot/tests/Invoke-AllTests.ps1"
        exit $LASTEXITCODE
    }
    'Demo' {
        $pebble = Start-PebbleInstall
        # Analyzers are for Build and CI; see Directory.Build.targets.
        Invoke-Build "$PSScriptRoot/tools/Demo" '-p:QuickBuild=true'
        Wait-PebbleInstall $pebble
        dotnet "$PSScriptRoot/tools/Demo/bin/Release/net10.0/Demo.dll"
        exit $LASTEXITCODE
    }
    'Package' {
        Remove-Item "$PSScriptRoot/out/package/*.nupkg" -ErrorAction Ignore
        Invoke-DotNet pack "$PSScriptRoot/tools/Package" @common '-p:Precompile=All'
        Write-MissingPrecompilation
        $size = (Get-ChildItem "$PSScriptRoot/out/ConvoxSsl" -Recurse -File | Measure-Object Length -Sum).Sum
        "out/ConvoxSsl: $([Math]::Floor($size / 1KB)) KiB"
        foreach ($file in Get-ChildItem "$PSScriptRoot/out/package/*.nupkg") {
            "out/package/$($file.Name): $([Math]::Floor($file.Length / 1KB)) KiB"
        }
    }
    'Install' {
        Invoke-PrecompiledBuild "$PSScriptRoot/src/ConvoxSsl"
        Install-BuiltModule
    }
    'Bench' {
        Install-Peer
        Invoke-PrecompiledBuild
        dotnet tool restore > $null
        # PowerShell ships its engine compiled ahead of time.
        $program = "$PSScriptRoot/out/bench/host"
        if (-not (Publish-Program "$PSScriptRoot/bench/BareHost" $program)) {
            "The engine could not be compiled ahead of time, so these numbers include its compilation."
            Invoke-Build "$PSScriptRoot/bench/BareHost" --output $program
        }
        dotnet "$PSScriptRoot/bench/ConvoxSsl.Bench/bin/Release/net10.0/ConvoxSsl.Bench.dll" "$program/BareHost.dll" @Arguments
        exit $LASTEXITCODE
    }
    'Fuzz' {
        Invoke-Build "$PSScriptRoot/tests/ConvoxSsl.Fuzzing"
        dotnet "$PSScriptRoot/tests/ConvoxSsl.Fuzzing/bin/Release/net10.0/ConvoxSsl.Fuzzing.dll" @Arguments
        exit $LASTEXITCODE
    }
    'Clean' {
        Invoke-DotNet clean $solution @common
        if (Test-Path "$PSScriptRoot/out") { Remove-Item "$PSScriptRoot/out" -Recurse -Force }
    }
}
