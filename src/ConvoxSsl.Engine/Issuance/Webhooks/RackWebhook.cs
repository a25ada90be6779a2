using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>A change of a rack's webhook. Null members stay unchanged.</summary>
public sealed record WebhookChange
{
    /// <summary>The URL, as returned by <see cref="WebhookUrl.Parse"/>.</summary>
    public Uri? Url { get; init; }

    /// <summary>The events to report.</summary>
    public IReadOnlyList<NoticeKind>? Events { get; init; }

    /// <summary>The root certificate of a private CA that the receiver's certificate chains to, as PEM.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The secret that signs messages.</summary>
    public WebhookSecret? Secret { get; init; }

    /// <summary>True to create a new secret even if there is one.</summary>
    public bool NewSecret { get; init; }
}

/// <summary>Sets and removes the webhook of a rack.</summary>
public sealed class RackWebhook
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;

    internal RackWebhook(IssuanceContext context) => (_context, _rack) = (context, context.Rack);

    /// <summary>Gets the webhook.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>, <c>WebhookDamaged</c>.</exception>
    public async Task<WebhookRecord> GetAsync(CancellationToken ct) => await _rack.Webhooks.FindAsync(ct).ConfigureAwait(false)
        ?? throw new EngineException(ErrorCode.WebhookNotFound, EngineErrorKind.NotFound, "This rack has no webhook.", _rack.Name);

    /// <summary>Validates a change and returns the resulting webhook without saving it.</summary>
    /// <exception cref="InvalidInputException"><c>WebhookUrlNeeded</c>, <c>NothingToChange</c>, <c>InvalidCaCertificate</c>.</exception>
    public async Task<WebhookRecord> CheckAsync(WebhookChange change, CancellationToken ct)
    {
        if (change == new WebhookChange())
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "No change of the webhook was given.")
            {
                Remedy = new Remedy("NothingToChange.Webhook"),
            };
        }

        RootCertificates.Parse(change.CaCertificate);
        var current = await _rack.Webhooks.FindAsync(ct).ConfigureAwait(false);
        var url = change.Url
            ?? current?.Url
                ?? throw new InvalidInputException(ErrorCode.WebhookUrlNeeded, "This rack has no webhook yet, and no URL was given.");
        return new WebhookRecord
        {
            Url = url,
            Events = change.Events ?? current?.Events ?? Enum.GetValues<NoticeKind>(),
            CaCertificate = change.CaCertificate ?? current?.CaCertificate,
            Created = current?.Created ?? _context.Now,
        };
    }

    /// <summary>Sets or changes the webhook. Creates a secret if there is none yet.</summary>
    /// <returns>The webhook, and the secret if one was created; it is never returned again.</returns>
    /// <exception cref="InvalidInputException">As <see cref="CheckAsync"/>.</exception>
    public async Task<(WebhookRecord Webhook, WebhookSecret? Created)> SetAsync(WebhookChange change, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        var webhook = await CheckAsync(change, ct).ConfigureAwait(false);
        var isNeeded =
            change.NewSecret || (change.Secret is null && await _rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false) is null);
        var created = isNeeded ? WebhookSecret.Generate() : null;
        await _rack.Webhooks.SaveAsync(webhook, created ?? change.Secret, ct).ConfigureAwait(false);
        return (webhook, created);
    }

    /// <summary>Throws if there is no webhook to remove; a corrupt one is not an error.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>.</exception>
    public async Task RequireExistsAsync(CancellationToken ct)
    {
        try
        {
            await GetAsync(ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.WebhookDamaged)
        {
        }
    }

    /// <summary>Removes the webhook and its secret, even if they are corrupt.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>.</exception>
    public async Task RemoveAsync(CancellationToken ct)
    {
        await RequireExistsAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        await _rack.Webhooks.RemoveAsync(ct).ConfigureAwait(false);
    }

    private Task<IAsyncDisposable> LockAsync(CancellationToken ct) => _rack.LockAsync("webhook", null, ct);
}
