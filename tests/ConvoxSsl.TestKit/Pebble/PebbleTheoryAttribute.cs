using Xunit;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>A theory that needs Pebble. It is skipped if Pebble is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PebbleTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test if Pebble is not installed.</summary>
    public PebbleTheoryAttribute() => Skip = PebbleServer.IsInstalled ? null : PebbleServer.NotInstalled;
}
