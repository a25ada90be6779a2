namespace ConvoxSsl.Scenarios.Tests;

/// <summary>A test in a pseudo-terminal. It is skipped if there is none.</summary>
internal sealed class TerminalTheoryAttribute : TheoryAttribute
{
    public TerminalTheoryAttribute() => Skip =
        !OperatingSystem.IsLinux() ? "Pseudo-terminals are opened with the program 'script' of Linux."
        : !IsInstalled("script") || !IsInstalled("stty") ? "The programs 'script' and 'stty' are not installed."
        : PowerShellTool.Path is null ? "PowerShell is not restored: run 'dotnet tool restore'."
        : null;

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, program)));
}
