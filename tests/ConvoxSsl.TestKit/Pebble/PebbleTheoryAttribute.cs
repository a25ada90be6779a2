using Xunit;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>A test with data that needs Pebble, and is skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PebbleTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks whether it can run.</summary>
    public PebbleTheoryAttribute() => Skip = PebbleServer.IsInstalled ? null : PebbleServer.NotInstalled;
}
