using System.Text.Json.Nodes;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.PowerShell;

/// <summary>The <c>pwsh</c> that runs the sessions.</summary>
/// <param name="File">The program.</param>
/// <param name="Leading">The arguments that precede all others.</param>
internal sealed record PowerShellProgram(string File, IReadOnlyList<string> Leading)
{
    /// <summary>The environment variable that names a <c>pwsh</c> other than the one on the PATH.</summary>
    public const string Variable = "CONVOXSSL_BENCH_PWSH";

    /// <summary>
    /// Finds PowerShell: the variable, else the PATH, else the repository's .NET tool. For the tool this is the program
    /// itself, because the tool's launcher is an extra process that an installed PowerShell does not have.
    /// </summary>
    /// <returns>Null if there is no PowerShell.</returns>
    public static PowerShellProgram? Find()
    {
        if ((Environment.GetEnvironmentVariable(Variable) ?? ProgramCall.Find("pwsh")) is { } installed)
        {
            return new PowerShellProgram(installed, []);
        }

        var tools = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".config", "dotnet-tools.json")));
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var folder = Path.Combine(packages, "powershell", (string)tools!["tools"]!["powershell"]!["version"]!);
        var program = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "pwsh.dll", SearchOption.AllDirectories)
                .FirstOrDefault(f => f.Contains(OperatingSystem.IsWindows() ? "win" : "unix", StringComparison.Ordinal))
            : null;
        return program is null
            ? null
            : new PowerShellProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program]);
    }

    /// <summary>Creates a process that runs a script file.</summary>
    public ProgramCall Call(string scriptFile, IReadOnlyDictionary<string, string> environment) =>
        new(File, [.. Leading, "-NoProfile", "-NonInteractive", "-File", scriptFile])
        {
            Environment = new Dictionary<string, string>(environment)
            {
                ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
                ["POWERSHELL_UPDATECHECK"] = "Off",
            },
        };
}
