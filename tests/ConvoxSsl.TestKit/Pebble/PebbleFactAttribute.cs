using Xunit;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>A test that needs Pebble. It is skipped if Pebble is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PebbleFactAttribute : FactAttribute
{
    /// <summary>Skips the test if Pebble is not installed.</summary>
    public PebbleFactAttribute() => Skip = PebbleServer.IsInstalled ? null : PebbleServer.NotInstalled;
}
