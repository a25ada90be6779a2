using System.Security;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl;

/// <summary>Where a rack's notices go.</summary>
public sealed record ConvoxWebhook
{
    /// <summary>Scheme, host and port of the URL. The rest may be a token and is shown only where <c>Url</c> is asked for.</summary>
    public required string Origin { get; init; }

    /// <summary>The whole URL.</summary>
    internal string Url { get; init; } = string.Empty;

    /// <summary>What it is told of.</summary>
    public required IReadOnlyList<ConvoxWebhookEvent> Event { get; init; }

    /// <summary>When it was first set, in UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The signing secret, where Set-ConvoxWebhook has just made it; it is never shown again.</summary>
    public SecureString? Secret { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <summary>The whole URL. In PowerShell it is the property <c>Url</c> too, which no listing and no JSON shows.</summary>
    public string ReadUrl() => Url;

    /// <inheritdoc/>
    public override string ToString() => Origin;

    /// <summary>Describes a stored webhook.</summary>
    internal static ConvoxWebhook Of(WebhookRecord webhook, SecureString? secret, string rack) => new()
    {
        Origin = webhook.Origin,
        Url = webhook.Url.OriginalString,
        Event = [.. webhook.Events.Select(e => Enum.Parse<ConvoxWebhookEvent>(e.ToString()))],
        Created = webhook.Created,
        Secret = secret,
        Rack = rack,
    };
}

/// <summary>What a webhook can be told of.</summary>
public enum ConvoxWebhookEvent
{
    /// <summary>A certificate has a new version in use.</summary>
    Renewed,

    /// <summary>An issuance or renewal failed.</summary>
    Failed,

    /// <summary>A certificate is about to expire.</summary>
    Expiring,
}
