namespace PowerShellRunner;

/// <summary>What the runner ends with where the script does not say.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int TerminatingError = 1;
    public const int BadUsage = 64;
    public const int Interrupted = 130;
}
