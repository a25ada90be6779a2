using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling;

/// <summary>Finds the PowerShell that a scheduler runs.</summary>
public static class PowerShellProgram
{
    private const string Name = "pwsh";

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
