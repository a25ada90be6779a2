# Publishes the module to a gallery and installs it from there, with a home directory of the test.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $script:module = "$root/out/ConvoxSsl"
    $streams = @{ ErrorAction = 'Stop'; WarningVariable = 'warned'; WarningAction = 'SilentlyContinue' }
    $script:manifest = Test-ModuleManifest "$module/ConvoxSsl.psd1" @streams
    $script:warnings = $warned
    $script:data = Import-PowerShellDataFile "$module/ConvoxSsl.psd1"
}

Describe 'The manifest' {
    It 'is valid and causes no warning' {
        $manifest.Name | Should -Be 'ConvoxSsl'
        $warnings | Should -BeNullOrEmpty
    }

    It 'lists each export by name' {
        $data.CmdletsToExport | Should -HaveCount 42
        "$($data.CmdletsToExport)" | Should -Not -Match '\*'
        foreach ($kind in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport', 'DscResourcesToExport') {
            $data[$kind].Count | Should -Be 0 -Because $kind
        }
    }

    It 'has the metadata that a gallery shows' {
        $about = $data.PrivateData.PSData
        $about.Tags | Should -Contain 'PSEdition_Core'
        foreach ($link in 'LicenseUri', 'ProjectUri', 'ReleaseNotes') { $about[$link] | Should -Match '^https://' -Because $link }
        $data.CompatiblePSEditions | Should -Be 'Core'
        $data.Description.Length | Should -BeGreaterThan 50
    }

    It 'has the version of the build' {
        $data.ModuleVersion | Should -Be ([xml](Get-Content "$root/Directory.Build.props" -Raw)).Project.PropertyGroup.VersionPrefix
    }
}

# Runs in each version of PowerShell, and so on each runtime that the module is compiled for.
Describe 'The library compiled ahead of time' {
    BeforeDiscovery {
        $system = $IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux'
        $processor = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
        $engine = "$PSScriptRoot/../../out/ConvoxSsl/lib/$system-$processor/net$([Environment]::Version.Major).0/ConvoxSsl.Engine.dll"
        $isMissing = -not (Test-Path $engine)
    }

    It 'is used by the runtime' -Skip:$isMissing {
        Copy-Item $module "$TestDrive/ConvoxSsl" -Recurse
        Remove-Item "$TestDrive/ConvoxSsl/lib/*-*" -Recurse
        $count = @'
Import-Module '{0}'
$before = [System.Runtime.JitInfo]::GetCompiledMethodCount()
$null = New-ConvoxCertificate one.example.org -Issuer self-signed -Force -WarningAction SilentlyContinue
[System.Runtime.JitInfo]::GetCompiledMethodCount() - $before
'@
        # The first session also compiles what PowerShell does once in a while.
        $null, $compiled, $all = foreach ($copy in $module, $module, "$TestDrive/ConvoxSsl") {
            [int](Invoke-PowerShell ($count -f $copy) @{ CONVOXSSL_HOME = "$TestDrive/rack-$([guid]::NewGuid())" })
        }
        $all - $compiled | Should -BeGreaterThan 500 -Because "$all methods were compiled without it, and $compiled with it"
    }
}

Describe 'A local repository' -Skip:$IsWindows {
    BeforeAll {
        foreach ($folder in 'published', 'packed', 'home1/.local/share', 'home1/.config', 'home2/.local/share', 'home2/.config') {
            New-Item -ItemType Directory "$TestDrive/$folder" | Out-Null
        }

        function Get-UserEnvironment([int] $Number) {
            $userHome = "$TestDrive/home$Number"
            @{ HOME = $userHome; XDG_DATA_HOME = "$userHome/.local/share"; CONVOXSSL_HOME = "$TestDrive/rack$Number" }
        }

        $script:use = @'
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Register-PSResourceRepository -Name tests -Uri {0} -Trusted
{1}
Install-PSResource ConvoxSsl -Repository tests -Scope CurrentUser
Import-Module ConvoxSsl
"module $((Get-Module ConvoxSsl).Path)"
"version $((Get-InstalledPSResource ConvoxSsl).Version)"
"issued $((New-ConvoxCertificate installed.example.org -Issuer self-signed).Status)"
"help $((Get-Help New-ConvoxCertificate).Synopsis.Length -gt 20)"
'@
    }

    It 'works with Publish-PSResource and Install-PSResource' {
        $publish = "Publish-PSResource -Path '$module' -Repository tests"
        $output = Invoke-PowerShell ($use -f "$TestDrive/published", $publish) (Get-UserEnvironment 1)
        $output[0] | Should -BeLike "module $TestDrive/home1/.local/share/powershell/Modules/ConvoxSsl/$($data.ModuleVersion)/*"
        $output[1..3] | Should -Be "version $($data.ModuleVersion)", 'issued Ready', 'help True'
    }

    It 'installs the built package with Install-PSResource' {
        dotnet restore "$root/tools/Package" --verbosity quiet | Should -BeNullOrEmpty
        $options = '--configuration', 'Release', '--no-build', '--nologo', '--verbosity', 'quiet'
        dotnet pack "$root/tools/Package" @options --output "$TestDrive/packed" | Should -BeNullOrEmpty
        $output = Invoke-PowerShell ($use -f "$TestDrive/packed", '') (Get-UserEnvironment 2)
        $output[0] | Should -BeLike "module $TestDrive/home2/.local/share/powershell/Modules/ConvoxSsl/$($data.ModuleVersion)/*"
        $output[1..3] | Should -Be "version $($data.ModuleVersion)", 'issued Ready', 'help True'
    }
}
