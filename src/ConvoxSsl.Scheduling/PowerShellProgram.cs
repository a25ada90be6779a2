using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>Finds the PowerShell that a scheduler runs.</summary>
public static class PowerShellProgram
{
    private const string Name = "pwsh";

    /// <summary>Returns the PowerShell that the user named, or else the running one, or else the first one in PATH.</summary>
    /// <param name="given">The path that the user gave, or null.</param>
    /// <param name="resolve">Resolves a relative path.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>, <c>PowerShellNotFound</c>.</exception>
    public static string Choose(string? given, Func<string, string> resolve)
    {
        if (given is null)
        {
            return Find(Environment.ProcessPath, Environment.GetEnvironmentVariable("PATH"));
        }

        var file = resolve(given);
        return File.Exists(file)
            ? file
            : throw new InvalidInputException(ErrorCode.FileNotFound, $"Cannot find the file '{file}'.", given)
            {
                Remedy = "Give the path of the program pwsh.",
            };
    }

    /// <summary>Returns the running PowerShell, or else the first one on a search path.</summary>
    /// <param name="running">The path of the running program.</param>
    /// <param name="searchPath">The directories in the format of PATH.</param>
    /// <exception cref="InvalidInputException"><c>PowerShellNotFound</c>.</exception>
    public static string Find(string? running, string? searchPath) =>
        running is not null && Path.GetFileNameWithoutExtension(running).Equals(Name, StringComparison.OrdinalIgnoreCase)
            ? running
            : ExternalProgram.Find(Name, searchPath) ?? throw new InvalidInputException(
                ErrorCode.PowerShellNotFound, "Cannot find pwsh: the running program is not pwsh, and there is none on the PATH.");
}
