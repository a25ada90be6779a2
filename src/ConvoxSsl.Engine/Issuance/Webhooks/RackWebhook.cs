using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>What should become of a rack's webhook; what is null stays.</summary>
public sealed record WebhookChange
{
    /// <summary>The URL, as <see cref="WebhookUrl.Parse"/> gives it.</summary>
    public Uri? Url { get; init; }

    /// <summary>What it is told of.</summary>
    public IReadOnlyList<NoticeKind>? Events { get; init; }

    /// <summary>The PEM of the root of a private CA that the receiver is trusted by.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The secret that messages are signed with.</summary>
    public WebhookSecret? Secret { get; init; }

    /// <summary>Whether a new secret is made, also where there is one.</summary>
    public bool NewSecret { get; init; }
}

/// <summary>The webhook of a rack: set and removed.</summary>
public sealed class RackWebhook
{
    private readonly IRack _rack;
    private readonly TimeProvider _time;

    internal RackWebhook(IRack rack, TimeProvider time) => (_rack, _time) = (rack, time);

    /// <summary>The webhook.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>, <c>WebhookDamaged</c>.</exception>
    public async Task<WebhookRecord> GetAsync(CancellationToken ct) => await _rack.Webhooks.FindAsync(ct).ConfigureAwait(false) ?? throw new EngineException(
        ErrorCode.WebhookNotFound, EngineErrorKind.NotFound, "This rack has no webhook. Set-ConvoxWebhook sets one.", _rack.Name);

    /// <summary>Checks a change, and gives what the webhook would be; writes nothing.</summary>
    /// <exception cref="InvalidInputException"><c>WebhookUrlNeeded</c>, <c>NothingToChange</c>, <c>InvalidCaCertificate</c>.</exception>
    public async Task<WebhookRecord> CheckAsync(WebhookChange change, CancellationToken ct)
    {
        if (change == new WebhookChange())
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "Nothing was named that should change. Give -Url, -Event, -CaCertificate, -Secret or -NewSecret.");
        }

        RootCertificates.Parse(change.CaCertificate);
        var known = await _rack.Webhooks.FindAsync(ct).ConfigureAwait(false);
        var url = change.Url ?? known?.Url ?? throw new InvalidInputException(ErrorCode.WebhookUrlNeeded, "This rack has no webhook yet. Give its URL with -Url.");
        return new WebhookRecord
        {
            Url = url,
            Events = change.Events ?? known?.Events ?? Enum.GetValues<NoticeKind>(),
            CaCertificate = change.CaCertificate ?? known?.CaCertificate,
            Created = known?.Created ?? _time.GetUtcNow(),
        };
    }

    /// <summary>Sets or changes the webhook. Where it has no secret yet, one is made.</summary>
    /// <returns>The webhook, and the secret where one was made, which nobody is told again.</returns>
    /// <exception cref="InvalidInputException">As <see cref="CheckAsync"/>.</exception>
    public async Task<(WebhookRecord Webhook, WebhookSecret? Made)> SetAsync(WebhookChange change, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        var webhook = await CheckAsync(change, ct).ConfigureAwait(false);
        var made = change.NewSecret || (change.Secret is null && await _rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false) is null) ? WebhookSecret.Generate() : null;
        await _rack.Webhooks.SaveAsync(webhook, made ?? change.Secret, ct).ConfigureAwait(false);
        return (webhook, made);
    }

    /// <summary>Makes sure that there is a webhook to remove, be it damaged.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>.</exception>
    public async Task RequireThereAsync(CancellationToken ct)
    {
        try
        {
            await GetAsync(ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.WebhookDamaged)
        {
        }
    }

    /// <summary>Removes the webhook with its secret; also a damaged one.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>.</exception>
    public async Task RemoveAsync(CancellationToken ct)
    {
        await RequireThereAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        await _rack.Webhooks.RemoveAsync(ct).ConfigureAwait(false);
    }

    private Task<IAsyncDisposable> LockAsync(CancellationToken ct) => _rack.LockAsync("webhook", null, ct);
}
