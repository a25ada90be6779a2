# What a gallery takes, and what somebody gets who installs it, in sessions whose home directory is of the test.
BeforeAll {
    Import-Module "$PSScriptRoot/Suite.psm1" -Force
    $script:root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $script:module = "$root/out/ConvoxSsl"
    $script:manifest = Test-ModuleManifest "$module/ConvoxSsl.psd1" -ErrorAction Stop -WarningVariable warned -WarningAction SilentlyContinue
    $script:warnings = $warned
    $script:data = Import-PowerShellDataFile "$module/ConvoxSsl.psd1"
}

Describe 'The manifest' {
    It 'is valid, without a warning' {
        $manifest.Name | Should -Be 'ConvoxSsl'
        $warnings | Should -BeNullOrEmpty
    }

    It 'names its exports one by one' {
        $data.CmdletsToExport | Should -HaveCount 35
        "$($data.CmdletsToExport)" | Should -Not -Match '\*'
        foreach ($kind in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport', 'DscResourcesToExport') { $data[$kind].Count | Should -Be 0 -Because $kind }
    }

    It 'has what a gallery shows' {
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

Describe 'A repository in a folder' -Skip:$IsWindows {
    BeforeAll {
        foreach ($folder in 'published', 'packed', 'home1/.local/share', 'home1/.config', 'home2/.local/share', 'home2/.config') { New-Item -ItemType Directory "$TestDrive/$folder" | Out-Null }
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

    It 'takes the module from Publish-PSResource, and gives it to Install-PSResource' {
        $publish = "Publish-PSResource -Path '$module' -Repository tests"
        $output = Invoke-PowerShell ($use -f "$TestDrive/published", $publish) @{ HOME = "$TestDrive/home1"; XDG_DATA_HOME = "$TestDrive/home1/.local/share"; CONVOXSSL_HOME = "$TestDrive/rack1" }
        $output[0] | Should -BeLike "module $TestDrive/home1/.local/share/powershell/Modules/ConvoxSsl/$($data.ModuleVersion)/*"
        $output[1..3] | Should -Be "version $($data.ModuleVersion)", 'issued Ready', 'help True'
    }

    It 'gives the package of the build to Install-PSResource' {
        dotnet restore "$root/tools/Package" --verbosity quiet | Should -BeNullOrEmpty
        dotnet pack "$root/tools/Package" --configuration Release --no-build --nologo --verbosity quiet --output "$TestDrive/packed" | Should -BeNullOrEmpty
        $output = Invoke-PowerShell ($use -f "$TestDrive/packed", '') @{ HOME = "$TestDrive/home2"; XDG_DATA_HOME = "$TestDrive/home2/.local/share"; CONVOXSSL_HOME = "$TestDrive/rack2" }
        $output[0] | Should -BeLike "module $TestDrive/home2/.local/share/powershell/Modules/ConvoxSsl/$($data.ModuleVersion)/*"
        $output[1..3] | Should -Be "version $($data.ModuleVersion)", 'issued Ready', 'help True'
    }
}
