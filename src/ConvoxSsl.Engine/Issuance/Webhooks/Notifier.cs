using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>
/// Tells a rack's webhook what became of its certificates. A failure to tell is a warning and nothing else: only a stop
/// that the caller asks for is thrown. The webhook is read once, at the first notice.
/// </summary>
/// <param name="rack">The rack.</param>
/// <param name="time">The clock.</param>
/// <param name="events">Told what was sent and what was not.</param>
public sealed class Notifier(IRack rack, TimeProvider time, IProgress<IssuanceEvent> events) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private WebhookSender? _sender;
    private bool _isRead;

    /// <summary>The rack's webhook as a setting.</summary>
    public RackWebhook Webhook { get; } = new(rack, time);

    /// <summary>A certificate has a new version in use.</summary>
    public Task RenewedAsync(CertificateEntry entry, CancellationToken ct) =>
        TellAsync(NoticeKind.Renewed, entry.Record.Id, now => NoticeData.Of(rack.Name, entry.Record, entry, now), ct);

    /// <summary>An issuance or renewal failed.</summary>
    /// <param name="record">What should have been issued.</param>
    /// <param name="live">What is in use meanwhile, or null.</param>
    /// <param name="errorId">The stable name of what went wrong.</param>
    /// <param name="cause">Why, in words.</param>
    /// <param name="nextTry">When it may be tried again, where that is known.</param>
    /// <param name="ct">Stops it.</param>
    public Task FailedAsync(CertificateRecord record, CertificateEntry? live, string errorId, string cause, DateTimeOffset? nextTry, CancellationToken ct) =>
        TellAsync(NoticeKind.Failed, record.Id, now => NoticeData.Of(rack.Name, record, live, now).Failed(errorId, cause, nextTry), ct);

    /// <summary>A certificate is about to expire.</summary>
    public Task ExpiringAsync(CertificateEntry entry, CancellationToken ct) =>
        TellAsync(NoticeKind.Expiring, entry.Record.Id, now => NoticeData.Of(rack.Name, entry.Record, entry, now), ct);

    /// <summary>Tries the webhook with a message of the type <c>webhook.test</c>, whatever it is told of otherwise.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>, <c>WebhookDamaged</c>, <c>SecretDamaged</c>.</exception>
    public async IAsyncEnumerable<DnsCheck> TestAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var webhook = await Webhook.GetAsync(ct).ConfigureAwait(false);
        var secret = await rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false);
        yield return secret is null
            ? new DnsCheck("Signing secret", false, "There is none.", "Make one with Set-ConvoxWebhook -NewSecret.")
            : new DnsCheck("Signing secret", true, "Messages are signed with it.");
        if (secret is null)
        {
            yield break;
        }

        using var sender = NewSender(webhook, secret);
        var now = time.GetUtcNow();
        var (response, attempts) = await sender.SendAsync(new Notice("webhook.test", now, NoticeData.Of(rack.Name)), ct).ConfigureAwait(false);
        yield return response.IsDelivered
            ? new DnsCheck("Delivery", true, $"{webhook.Origin} took the message: {response.Detail}.")
            : new DnsCheck("Delivery", false, $"{webhook.Origin} did not take the message{After(attempts)}: {response.Detail}.", response.Remedy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender?.Dispose();
        _gate.Dispose();
    }

    private async Task TellAsync(NoticeKind kind, string id, Func<DateTimeOffset, NoticeData> data, CancellationToken ct)
    {
        var type = TypeOf(kind);
        try
        {
            if (await OpenAsync(ct).ConfigureAwait(false) is not { } sender || !sender.Webhook.Events.Contains(kind))
            {
                return;
            }

            var now = time.GetUtcNow();
            var (response, attempts) = await sender.SendAsync(new Notice(type, now, data(now)), ct).ConfigureAwait(false);
            events.Report(response.IsDelivered
                ? new IssuanceEvent(IssuanceEventKind.Detail, $"Told {sender.Webhook.Origin} of {type} for {id}: {response.Detail}")
                : Warning($"{sender.Webhook.Origin} could not be told of {type} for {id}{After(attempts)}: {response.Detail}. {response.Remedy} The certificate is not affected."));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            events.Report(Warning($"The webhook could not be told of {type} for {id}: {Explain(e)} The certificate is not affected."));
        }
    }

    private async Task<WebhookSender?> OpenAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!_isRead)
            {
                var webhook = await rack.Webhooks.FindAsync(ct).ConfigureAwait(false);
                _sender = webhook is null ? null : NewSender(webhook, await rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false));
            }

            return _sender;
        }
        finally
        {
            // One that can't be read is warned of once, and is as none afterwards.
            _isRead |= !ct.IsCancellationRequested;
            _gate.Release();
        }
    }

    private WebhookSender NewSender(WebhookRecord webhook, WebhookSecret? secret)
    {
        if (!WebhookUrl.IsAllowed(webhook.Url))
        {
            throw new EngineException(ErrorCode.WebhookDamaged, EngineErrorKind.InvalidData, "Its URL is no https URL. Set it again with Set-ConvoxWebhook -Url.", rack.Name);
        }

        return new WebhookSender(
            webhook,
            secret ?? throw new EngineException(ErrorCode.SecretDamaged, EngineErrorKind.InvalidData, "Its signing secret is missing. Make one with Set-ConvoxWebhook -NewSecret.", rack.Name),
            time);
    }

    private static string TypeOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Renewed => "certificate.renewed",
        NoticeKind.Failed => "certificate.failed",
        _ => "certificate.expiring",
    };

    // What was not foreseen may quote the URL.
    private static string Explain(Exception failure) => failure is EngineException or InvalidInputException or IOException or UnauthorizedAccessException
        ? failure.Message
        : $"{failure.GetType().Name}.";

    private static string After(int attempts) => attempts == 1 ? string.Empty : $" after {attempts} attempts";

    private static IssuanceEvent Warning(string text) => new(IssuanceEventKind.Warning, text);
}
