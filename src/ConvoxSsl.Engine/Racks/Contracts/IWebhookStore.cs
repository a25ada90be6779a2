using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>What a webhook can be told of.</summary>
public enum NoticeKind
{
    /// <summary>A certificate has a new version in use.</summary>
    Renewed,

    /// <summary>An issuance or renewal failed.</summary>
    Failed,

    /// <summary>A certificate is about to expire.</summary>
    Expiring,
}

/// <summary>Where notices go. Its URL may hold tokens, so that no text shows more of it than its origin.</summary>
public sealed record WebhookRecord
{
    /// <summary>The URL that notices are posted to.</summary>
    public required Uri Url { get; init; }

    /// <summary>What it is told of.</summary>
    public required IReadOnlyList<NoticeKind> Events { get; init; }

    /// <summary>The PEM of the root of a private CA that the receiver is trusted by.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>When it was first set.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Scheme, host and port: what may be shown.</summary>
    [JsonIgnore]
    public string Origin => Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <inheritdoc/>
    public override string ToString() => Origin;
}

/// <summary>The webhook of a rack; its signing secret lies apart. Writers hold the lock <c>webhook</c>.</summary>
public interface IWebhookStore
{
    /// <summary>The webhook, or null where there is none.</summary>
    /// <exception cref="EngineException"><c>WebhookDamaged</c>.</exception>
    Task<WebhookRecord?> FindAsync(CancellationToken ct);

    /// <summary>Stores the webhook: its secret first. Without one, the secret that is there stays.</summary>
    Task SaveAsync(WebhookRecord webhook, WebhookSecret? secret, CancellationToken ct);

    /// <summary>The signing secret, or null where there is none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>: it can't be read, or belongs to another user.</exception>
    Task<WebhookSecret?> ReadSecretAsync(CancellationToken ct);

    /// <summary>Removes the webhook with its secret; also a damaged one, and one that is gone already is no error.</summary>
    Task RemoveAsync(CancellationToken ct);
}
