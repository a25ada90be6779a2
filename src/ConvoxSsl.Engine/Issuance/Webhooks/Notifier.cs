using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>
/// Notifies a rack's webhook of issued, failed and expiring certificates. A failed notification is a warning; only
/// cancellation throws. The webhook's settings are read once, for the first notification.
/// </summary>
public sealed class Notifier : IDisposable
{
    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly SemaphoreSlim _gate = new(1);
    private WebhookSender? _sender;
    private bool _isRead;

    internal Notifier(IssuanceContext context)
    {
        _context = context;
        _rack = context.Rack;
        Webhook = new RackWebhook(context);
    }

    /// <summary>The settings of the rack's webhook.</summary>
    public RackWebhook Webhook { get; }

    /// <summary>Notifies that a certificate has a new live version.</summary>
    public Task RenewedAsync(CertificateEntry entry, CancellationToken ct) =>
        NotifyAsync(NoticeKind.Renewed, entry.Record.Id, now => NoticeData.Create(_rack.Name, entry.Record, entry, now), ct);

    /// <summary>Notifies that an issuance or renewal failed.</summary>
    /// <param name="record">The certificate.</param>
    /// <param name="live">The live version, or null.</param>
    /// <param name="errorId">The stable code of the failure.</param>
    /// <param name="cause">The cause, for a human.</param>
    /// <param name="nextTry">The time of the next attempt, if known.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task FailedAsync(
        CertificateRecord record, CertificateEntry? live, string errorId, string cause, DateTimeOffset? nextTry, CancellationToken ct) =>
        NotifyAsync(
            NoticeKind.Failed, record.Id, now => NoticeData.Create(_rack.Name, record, live, now).WithFailure(errorId, cause, nextTry), ct);

    /// <summary>Notifies that a certificate was not delivered to a target.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="target">The number of the target.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task NotDeliveredAsync(CertificateEntry certificate, int target, DeliveryFailure failure, CancellationToken ct) => NotifyAsync(
        NoticeKind.Failed,
        "target.failed",
        certificate.Record.Id,
        now => NoticeData.Create(_rack.Name, certificate.Record, certificate, now)
            .WithFailure(failure.Code, failure.Cause, failure.NextTry) with { Target = target },
        ct);

    /// <summary>Notifies that a certificate is about to expire.</summary>
    public Task ExpiringAsync(CertificateEntry entry, CancellationToken ct) =>
        NotifyAsync(NoticeKind.Expiring, entry.Record.Id, now => NoticeData.Create(_rack.Name, entry.Record, entry, now), ct);

    /// <summary>Tests the webhook with a message of the type <c>webhook.test</c>, regardless of the events that it subscribes to.</summary>
    /// <exception cref="EngineException"><c>WebhookNotFound</c>, <c>WebhookDamaged</c>, <c>SecretDamaged</c>.</exception>
    public async IAsyncEnumerable<DnsCheck> TestAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var webhook = await Webhook.GetAsync(ct).ConfigureAwait(false);
        var secret = await _rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false);
        yield return secret is null
            ? new DnsCheck("Signing secret", false, "The webhook has no signing secret.", new Remedy("Webhook.NoSecret"))
            : new DnsCheck("Signing secret", true, "Messages are signed with it.");
        if (secret is null)
        {
            yield break;
        }

        using var sender = CreateSender(webhook, secret);
        var now = _context.Now;
        var (response, attempts) =
            await sender.SendAsync(new Notice("webhook.test", now, NoticeData.Create(_rack.Name)), ct).ConfigureAwait(false);
        yield return response.IsDelivered
            ? new DnsCheck("Delivery", true, $"{webhook.Origin} accepted the message: {response.Detail}.")
            : new DnsCheck(
                "Delivery", false, $"{webhook.Origin} did not accept the message{After(attempts)}: {response.Detail}.", response.Remedy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender?.Dispose();
        _gate.Dispose();
    }

    private Task NotifyAsync(NoticeKind kind, string id, Func<DateTimeOffset, NoticeData> data, CancellationToken ct) =>
        NotifyAsync(kind, GetEventType(kind), id, data, ct);

    private async Task NotifyAsync(
        NoticeKind kind, string type, string id, Func<DateTimeOffset, NoticeData> data, CancellationToken ct)
    {
        try
        {
            if (await OpenAsync(ct).ConfigureAwait(false) is not { } sender || !sender.Webhook.Events.Contains(kind))
            {
                return;
            }

            var now = _context.Now;
            var (response, attempts) = await sender.SendAsync(new Notice(type, now, data(now)), ct).ConfigureAwait(false);
            if (response.IsDelivered)
            {
                _context.ReportDetail($"Notified {sender.Webhook.Origin} of {type} for {id}: {response.Detail}");
                return;
            }

            _context.ReportWarning(
                $"Cannot notify {sender.Webhook.Origin} of {type} for {id}{After(attempts)}: {response.Detail}. The certificate is "
                + "not affected.",
                response.Remedy);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _context.ReportWarning(
                $"Cannot notify the webhook of {type} for {id}: {Explain(e)} The certificate is not affected.",
                Remedy.FromException(e));
        }
    }

    private async Task<WebhookSender?> OpenAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!_isRead)
            {
                var webhook = await _rack.Webhooks.FindAsync(ct).ConfigureAwait(false);
                _sender = webhook is null ? null : CreateSender(webhook, await _rack.Webhooks.ReadSecretAsync(ct).ConfigureAwait(false));
            }

            return _sender;
        }
        finally
        {
            // If reading fails, report it once and continue as without a webhook.
            _isRead |= !ct.IsCancellationRequested;
            _gate.Release();
        }
    }

    private WebhookSender CreateSender(WebhookRecord webhook, WebhookSecret? secret)
    {
        if (!WebhookUrl.IsAllowed(webhook.Url))
        {
            throw new EngineException(
                ErrorCode.WebhookDamaged, EngineErrorKind.InvalidData, "The URL of the webhook is not an https URL.", _rack.Name)
            {
                Remedy = new Remedy("WebhookDamaged.Url"),
            };
        }

        return new WebhookSender(
            webhook,
            secret ?? throw new EngineException(
                ErrorCode.SecretDamaged, EngineErrorKind.InvalidData, "The signing secret of the webhook is missing.", _rack.Name)
            {
                Remedy = new Remedy("Webhook.NoSecret"),
            },
            _context.Time);
    }

    private static string GetEventType(NoticeKind kind) => kind switch
    {
        NoticeKind.Renewed => "certificate.renewed",
        NoticeKind.Failed => "certificate.failed",
        _ => "certificate.expiring",
    };

    // The messages of unexpected exceptions may contain the URL.
    private static string Explain(Exception failure) =>
        failure is EngineException or InvalidInputException or IOException or UnauthorizedAccessException
        ? failure.Message
        : $"{failure.GetType().Name}.";

    private static string After(int attempts) => attempts == 1 ? string.Empty : $" after {attempts} attempts";
}
