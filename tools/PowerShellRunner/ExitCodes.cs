namespace PowerShellRunner;

/// <summary>The runner's exit codes if the script sets none.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int TerminatingError = 1;
    public const int BadUsage = 64;
    public const int Interrupted = 130;
}
