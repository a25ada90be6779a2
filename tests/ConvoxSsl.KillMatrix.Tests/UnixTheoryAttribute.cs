namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A test with data of POSIX signals and file modes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    /// <summary>Sets the reason for skipping if the test cannot run.</summary>
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? UnixFactAttribute.NotHere : null;
}
