using System.Text.RegularExpressions;

namespace ConvoxSsl.Package.Tests;

/// <summary>The published module manifest as text, compared with PowerShell's own parsing in the tests.</summary>
internal sealed partial record ModuleManifest(string Version, IReadOnlyList<string> Cmdlets)
{
    public static string File => Path.Combine(Repository.Module, "ConvoxSsl.psd1");

    public static ModuleManifest Read()
    {
        var text = System.IO.File.ReadAllText(File);
        return new ModuleManifest(
            VersionLine().Match(text).Groups[1].Value,
            [.. CmdletName().Matches(text).Select(m => m.Groups[1].Value)]);
    }

    [GeneratedRegex(@"(?m)^\s*ModuleVersion = '([^']+)'")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"(?m)^\s*'([A-Z][a-z]+-Convox\w+)'")]
    private static partial Regex CmdletName();
}
