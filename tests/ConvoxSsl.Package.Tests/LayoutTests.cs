namespace ConvoxSsl.Package.Tests;

public sealed class LayoutTests
{
    private static readonly string[] Files =
        [.. Directory.GetFiles(Repository.Module, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Module, file).Replace('\\', '/'))];

    [Fact]
    public void The_base_holds_what_PowerShell_reads()
    {
        Assert.Equal(
            [
                "ConvoxSsl.Format.ps1xml", "ConvoxSsl.Types.ps1xml", "ConvoxSsl.dll", "ConvoxSsl.psd1", "LICENSE", "THIRD-PARTY-NOTICES.txt", "en-US/ConvoxSsl.dll-Help.xml", "en-US/about_ConvoxSsl.help.txt",
                "en-US/about_ConvoxSsl_DnsSolvers.help.txt", "en-US/about_ConvoxSsl_Racks.help.txt", "en-US/about_ConvoxSsl_Renewal.help.txt",
            ],
            Files.Where(file => !file.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_else_lies_in_lib()
    {
        Assert.Contains("lib/ConvoxSsl.Engine.dll", Files);
        Assert.Contains("lib/DnsClient.dll", Files);
        Assert.Contains("lib/YamlDotNet.dll", Files);
        Assert.Contains("lib/System.Security.Cryptography.Pkcs.dll", Files);
        Assert.Contains("lib/runtimes/win/lib/net8.0/System.Security.Cryptography.Pkcs.dll", Files);
        Assert.DoesNotContain("lib/ConvoxSsl.dll", Files);
    }

    [Fact]
    public void There_is_no_copy_of_PowerShell_and_nothing_that_only_developers_need()
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
    public void These_tests_have_no_copy_of_the_module_that_could_be_loaded_in_its_place()
    {
        Assert.Equal(
            ["ConvoxSsl.Package.Tests.dll", "ConvoxSsl.TestKit.dll"],
            Directory.GetFiles(AppContext.BaseDirectory, "ConvoxSsl*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Repository.Runner)!, "ConvoxSsl*.dll"));
    }
}
