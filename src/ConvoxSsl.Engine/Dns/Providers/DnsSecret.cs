namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// The credential of a DNS solver: an API token, a key, or a plugin's arguments. <see cref="ToString"/> does not show it.
/// </summary>
/// <param name="value">The credential.</param>
public sealed class DnsSecret(string value)
{
    /// <summary>The credential itself.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>The kinds of credential that DNS providers use.</summary>
public enum DnsSecretKind
{
    /// <summary>The provider needs no credential from the rack.</summary>
    None,

    /// <summary>One token or key.</summary>
    Text,

    /// <summary>Named arguments, stored as a JSON object.</summary>
    Arguments,
}
