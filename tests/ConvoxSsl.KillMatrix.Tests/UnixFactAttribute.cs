namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A test of POSIX signals and file modes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    /// <summary>Sets the reason for skipping if the test cannot run.</summary>
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? NotHere : null;

    internal const string NotHere = "Windows has neither signals nor file modes.";
}
