using ConvoxSsl.TestKit.Pebble;
using Xunit;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>Several tests that need BIND and Pebble. They are skipped if one of them is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BindTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the tests if BIND or Pebble is not installed.</summary>
    public BindTheoryAttribute() => Skip =
        !BindServer.IsInstalled ? BindServer.NotInstalled : !PebbleServer.IsInstalled ? PebbleServer.NotInstalled : null;
}
