using System.Reflection;
using System.Xml.Linq;

namespace ConvoxSsl.Package.Tests;

public sealed class ManifestTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task The_manifest_is_valid()
    {
        var output = await _session.RunWithoutModuleAsync("""
            $manifest = Test-ModuleManifest "$env:MODULE/ConvoxSsl.psd1" -ErrorAction Stop -WarningAction Stop
            "$($manifest.Name) $($manifest.PowerShellVersion) $($manifest.CompatiblePSEditions)"
            """);

        Assert.Equal(["ConvoxSsl 7.4 Core"], output);
    }

    [Fact]
    public async Task The_manifest_exports_exactly_the_cmdlets_of_the_assembly()
    {
        var output = await _session.RunAsync("""
            foreach ($type in (Get-Module ConvoxSsl).ImplementingAssembly.GetExportedTypes()) {
                $attribute = [Attribute]::GetCustomAttribute($type, [System.Management.Automation.CmdletAttribute])
                if ($attribute) { "has $($attribute.VerbName)-$($attribute.NounName)" }
            }
            Get-Command -Module ConvoxSsl | ForEach-Object { "exports $($_.CommandType) $($_.Name)" }
            $module = Get-Module ConvoxSsl
            "other $($module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count)"
            """);

        var cmdlets = ModuleManifest.Read().Cmdlets.Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(cmdlets);
        Assert.Equal(cmdlets, After("has ", output));
        Assert.Equal(cmdlets, After("exports Cmdlet ", output));
        Assert.Equal(cmdlets.Length, output.Count(line => line.StartsWith("exports", StringComparison.Ordinal)));
        Assert.Equal("other 0", output[^1]);
    }

    [Fact]
    public void The_version_matches_the_build_the_assembly_and_the_changelog()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

        Assert.Equal(version, ModuleManifest.Read().Version);
        Assert.Equal(version, AssemblyName.GetAssemblyName(Path.Combine(Repository.Module, "ConvoxSsl.dll")).Version!.ToString(3));
        Assert.Equal(
            $"## {version}",
            File.ReadLines(Path.Combine(Repository.Root, "CHANGELOG.md"))
                .First(line => line.StartsWith("## ", StringComparison.Ordinal) && line != "## Unreleased"));
    }

    private static string[] After(string prefix, IEnumerable<string> lines) =>
        [.. lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Select(line => line[prefix.Length..])
            .Order(StringComparer.Ordinal)];
}
