using System.Security;

namespace ConvoxSsl;

/// <summary>The webhook of a rack, which receives its notifications.</summary>
public sealed record ConvoxWebhook
{
    /// <summary>The scheme, host and port of the URL. The rest can be a token; only the property <c>Url</c> shows it.</summary>
    public required string Origin { get; init; }

    /// <summary>The full URL.</summary>
    internal string Url { get; init; } = string.Empty;

    /// <summary>The events that it receives.</summary>
    public required IReadOnlyList<ConvoxWebhookEvent> Event { get; init => field = JoinedList<ConvoxWebhookEvent>.From(value); }

    /// <summary>The time of creation, in UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The signing secret, if it was created in this call. CSV would show the name of its type.</summary>
    internal SecureString? Secret { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <summary>
    /// Returns the signing secret if Set-ConvoxWebhook created it in this call, else null; it cannot be read later. PowerShell also shows
    /// it as the property <c>Secret</c>, which tables, CSV and JSON do not include.
    /// </summary>
    public SecureString? ReadSecret() => Secret;

    /// <summary>Returns the full URL. PowerShell also shows it as the property <c>Url</c>, which tables and JSON do not include.</summary>
    public string ReadUrl() => Url;

    /// <inheritdoc/>
    public override string ToString() => Origin;
}

/// <summary>The events of a webhook.</summary>
public enum ConvoxWebhookEvent : long
{
    /// <summary>A new version of a certificate is live.</summary>
    Renewed,

    /// <summary>An issuance or renewal failed.</summary>
    Failed,

    /// <summary>A certificate is about to expire.</summary>
    Expiring,
}
