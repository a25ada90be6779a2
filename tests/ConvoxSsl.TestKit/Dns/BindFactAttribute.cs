using Xunit;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>A test that needs BIND. It is skipped if BIND is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BindFactAttribute : FactAttribute
{
    /// <summary>Skips the test if BIND is not installed.</summary>
    public BindFactAttribute() => Skip = BindServer.IsInstalled ? null : BindServer.NotInstalled;
}
