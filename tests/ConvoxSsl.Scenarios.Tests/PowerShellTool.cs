using System.Text.Json.Nodes;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>The PowerShell of the repository's .NET tools, so that its version is always the same.</summary>
internal static class PowerShellTool
{
    /// <summary>The path of pwsh.dll; null if the tool is not restored.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var manifest = System.IO.Path.Combine(RepositoryRoot.Path, ".config", "dotnet-tools.json");
        var version = (string)JsonNode.Parse(File.ReadAllText(manifest))!["tools"]!["powershell"]!["version"]!;
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var tools = System.IO.Path.Combine(packages, "powershell", version, "tools");
        return Directory.Exists(tools)
            ? Directory.EnumerateFiles(tools, "pwsh.dll", SearchOption.AllDirectories)
                .FirstOrDefault(file => file.Contains("/unix/", StringComparison.Ordinal))
            : null;
    }
}
