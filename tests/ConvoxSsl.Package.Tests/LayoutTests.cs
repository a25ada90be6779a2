namespace ConvoxSsl.Package.Tests;

public sealed class LayoutTests
{
    private static readonly string[] Files =
        [.. Directory.GetFiles(Repository.Module, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Module, file).Replace('\\', '/'))];

    [Fact]
    public void The_module_base_contains_only_files_that_PowerShell_reads()
    {
        Assert.Equal(
            [
                "ConvoxSsl.Format.ps1xml", "ConvoxSsl.Types.ps1xml", "ConvoxSsl.dll", "ConvoxSsl.psd1", "LICENSE",
                "THIRD-PARTY-NOTICES.txt", "en-US/ConvoxSsl.dll-Help.xml", "en-US/about_ConvoxSsl.help.txt",
                "en-US/about_ConvoxSsl_DnsSolvers.help.txt", "en-US/about_ConvoxSsl_Racks.help.txt",
                "en-US/about_ConvoxSsl_Renewal.help.txt", "en-US/about_ConvoxSsl_Targets.help.txt",
            ],
            Files.Where(file => !file.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_other_assemblies_are_in_lib()
    {
        Assert.Contains("lib/ConvoxSsl.Engine.dll", Files);
        Assert.Contains("lib/DnsClient.dll", Files);
        Assert.Contains("lib/YamlDotNet.dll", Files);
        Assert.Contains("lib/System.Security.Cryptography.Pkcs.dll", Files);
        Assert.Contains("lib/runtimes/win/lib/net8.0/System.Security.Cryptography.Pkcs.dll", Files);
        Assert.DoesNotContain("lib/ConvoxSsl.dll", Files);
    }

    [Fact]
    public void No_PowerShell_assembly_and_no_development_file_is_shipped()
    {
        Assert.DoesNotContain(
            Files, file => Path.GetFileName(file).StartsWith("System.Management.Automation", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(
            Files,
            file =>
                Path.GetExtension(file) is ".pdb" or ".json"
                    || (Path.GetExtension(file) == ".xml" && !file.EndsWith("-Help.xml", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_tests_have_no_copy_of_the_module()
    {
        Assert.Equal(
            ["ConvoxSsl.Package.Tests.dll", "ConvoxSsl.TestKit.dll"],
            Directory.GetFiles(AppContext.BaseDirectory, "ConvoxSsl*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Repository.Runner)!, "ConvoxSsl*.dll"));
    }
}
