namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>The credential of a solver: an API token or key. No text shows it.</summary>
/// <param name="value">The credential.</param>
public sealed class DnsSecret(string value)
{
    /// <summary>The credential itself.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
