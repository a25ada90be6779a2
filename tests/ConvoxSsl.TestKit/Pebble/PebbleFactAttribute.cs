using Xunit;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>A test that needs Pebble, and is skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PebbleFactAttribute : FactAttribute
{
    /// <summary>Looks whether it can run.</summary>
    public PebbleFactAttribute() => Skip = PebbleServer.IsInstalled ? null : PebbleServer.NotInstalled;
}
