using System.Management.Automation;

namespace PowerShellRunner;

/// <summary>The command line options.</summary>
internal sealed record RunnerOptions
{
    public const string Usage = """
        usage: PowerShellRunner [options] script.ps1 [arguments]
               PowerShellRunner [options] -Command text

        Runs a script in a PowerShell engine, without pwsh.
          -Module path     the module to import (default: out/ConvoxSsl of this repository)
          -NoModule        imports no module
          -Echo            prints each statement before its output
          -NonInteractive  refuses every prompt, even at a terminal
          -Verbose, -Debug, -Progress, -Quiet   show those streams; -Quiet hides warnings
          -StopOnError     makes every error terminating
        """;

    public string? Script { get; init; }

    public string? Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? Module { get; init; }

    public bool Echo { get; init; }

    public bool NonInteractive { get; init; }

    /// <summary>The preference variables to set.</summary>
    public IReadOnlyDictionary<string, ActionPreference> Preferences { get; init; } = new Dictionary<string, ActionPreference>();

    /// <summary>Parses a command line. Returns null if it is not valid.</summary>
    public static RunnerOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new RunnerOptions { Module = DefaultModule() };
        var preferences = new Dictionary<string, ActionPreference> { ["ProgressPreference"] = ActionPreference.SilentlyContinue };
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i].ToUpperInvariant())
            {
                case "-MODULE" when i + 1 < arguments.Count: options = options with { Module = Path.GetFullPath(arguments[++i]) }; break;
                case "-NOMODULE": options = options with { Module = null }; break;
                case "-ECHO": options = options with { Echo = true }; break;
                case "-NONINTERACTIVE": options = options with { NonInteractive = true }; break;
                case "-VERBOSE": preferences["VerbosePreference"] = ActionPreference.Continue; break;
                case "-DEBUG": preferences["DebugPreference"] = ActionPreference.Continue; break;
                case "-PROGRESS": preferences["ProgressPreference"] = ActionPreference.Continue; break;
                case "-QUIET": preferences["WarningPreference"] = ActionPreference.SilentlyContinue; break;
                case "-STOPONERROR": preferences["ErrorActionPreference"] = ActionPreference.Stop; break;
                case "-COMMAND" when i + 1 < arguments.Count:
                    return options with { Command = string.Join(' ', arguments.Skip(i + 1)), Preferences = preferences };
                case ['-', ..]: return null;
                default:
                    return options with
                    {
                        Script = Path.GetFullPath(arguments[i]),
                        Arguments = [.. arguments.Skip(i + 1)],
                        Preferences = preferences,
                    };
            }
        }

        return null;
    }

    // The output of the build, in the repository that contains the runner.
    private static string? DefaultModule()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var module = Path.Combine(folder.FullName, "out", "ConvoxSsl");
            if (File.Exists(Path.Combine(folder.FullName, "ConvoxSsl.sln")))
            {
                return module;
            }
        }

        return null;
    }
}
