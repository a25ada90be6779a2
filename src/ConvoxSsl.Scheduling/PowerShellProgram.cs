using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>Finds the PowerShell that a scheduler is to run.</summary>
public static class PowerShellProgram
{
    private const string Name = "pwsh";

    /// <summary>The PowerShell that runs, else the first one on a search path.</summary>
    /// <param name="running">The path of the running program.</param>
    /// <param name="searchPath">The directories, as PATH names them.</param>
    /// <exception cref="InvalidInputException"><c>PowerShellNotFound</c>.</exception>
    public static string Find(string? running, string? searchPath) =>
        running is not null && Path.GetFileNameWithoutExtension(running).Equals(Name, StringComparison.OrdinalIgnoreCase)
            ? running
            : ExternalProgram.Find(Name, searchPath) ?? throw new InvalidInputException(
                ErrorCode.PowerShellNotFound, "This is not pwsh, and there is none on the PATH. Name the pwsh that is to run renewals with -PowerShellPath.");
}
