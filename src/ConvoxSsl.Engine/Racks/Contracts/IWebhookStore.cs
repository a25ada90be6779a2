using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The events that a webhook can receive.</summary>
public enum NoticeKind
{
    /// <summary>A certificate has a new live version.</summary>
    Renewed,

    /// <summary>An issuance or renewal failed.</summary>
    Failed,

    /// <summary>A certificate is about to expire.</summary>
    Expiring,
}

/// <summary>A webhook. Its URL may contain tokens, so texts show only the origin.</summary>
public sealed record WebhookRecord
{
    /// <summary>The URL to post events to.</summary>
    public required Uri Url { get; init; }

    /// <summary>The events to send.</summary>
    public required IReadOnlyList<NoticeKind> Events { get; init; }

    /// <summary>The root certificate (PEM) of a private CA that authenticates the receiver.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The time at which the webhook was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The scheme, host and port, which contain no secret.</summary>
    [JsonIgnore]
    public string Origin => Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <inheritdoc/>
    public override string ToString() => Origin;
}

/// <summary>The webhook of a rack, and its signing secret. Writers hold the lock <c>webhook</c>.</summary>
public interface IWebhookStore
{
    /// <summary>Gets the webhook; null if there is none.</summary>
    /// <exception cref="EngineException"><c>WebhookDamaged</c>.</exception>
    Task<WebhookRecord?> FindAsync(CancellationToken ct);

    /// <summary>Stores the webhook. Writes its secret first; without a new secret, keeps the existing one.</summary>
    Task SaveAsync(WebhookRecord webhook, WebhookSecret? secret, CancellationToken ct);

    /// <summary>Reads the signing secret; null if there is none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>: it cannot be read, or belongs to another user.</exception>
    Task<WebhookSecret?> ReadSecretAsync(CancellationToken ct);

    /// <summary>Removes the webhook and its secret if they exist, even if they are damaged.</summary>
    Task RemoveAsync(CancellationToken ct);
}
