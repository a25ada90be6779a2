using System.ComponentModel;
using System.Diagnostics;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A test that watches the system calls of a process. It is skipped where strace is missing or not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    private static readonly bool IsPossible = OperatingSystem.IsLinux() && Try();

    /// <summary>Sets the reason for skipping if the test cannot run.</summary>
    public StraceFactAttribute() => Skip = IsPossible ? null : "strace is not installed, or tracing is not allowed.";

    private static bool Try()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("strace", ["-f", "-y", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
