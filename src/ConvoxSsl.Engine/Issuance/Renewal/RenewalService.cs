using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>Decides which certificates of a rack are due for renewal, and notifies of those that are about to expire.</summary>
public sealed class RenewalService
{
    // Scheduled renewals run twice a day, with a random delay.
    private static readonly TimeSpan NotificationInterval = TimeSpan.FromHours(23);

    private readonly IssuanceContext _context;
    private readonly CertificateCatalog _certificates;
    private readonly RenewalInfoService _renewalInfo;
    private readonly Notifier _notifier;

    internal RenewalService(
        IssuanceContext context, CertificateCatalog certificates, RenewalInfoService renewalInfo, Notifier notifier)
    {
        _context = context;
        _certificates = certificates;
        _renewalInfo = renewalInfo;
        _notifier = notifier;
    }

    /// <summary>Returns true if a certificate is due for renewal.</summary>
    public bool IsDue(CertificateEntry certificate) => RenewalPolicy.IsDue(certificate.Live, _context.Now);

    /// <summary>Decides whether to renew a certificate now.</summary>
    /// <param name="state">The certificate.</param>
    /// <param name="isNamed">True if the user named the certificate; false if it is one of all certificates of the rack.</param>
    /// <param name="force">True to renew even if it is not due or the last attempt failed recently.</param>
    public RenewalDecision Decide(CertificateState state, bool isNamed, bool force) => state switch
    {
        { Record.Settings: null } when !isNamed => RenewalDecision.Imported,
        _ when force => RenewalDecision.Renew,
        { Controlled: { Phase: ControlledPhase.Issuing, HasKnownFault: false } issuing } when !isNamed =>
            issuing.Started + ControlledCertificate.MaxIssuance > _context.Now ? RenewalDecision.InProgress : RenewalDecision.Overdue,
        { Entry: { } entry, Order: null or { IsEnded: true } } when !IsDue(entry) =>
            entry.Record.Settings is null ? RenewalDecision.Imported : RenewalDecision.NotDue,
        _ => FindRecentFailure(state) is null ? RenewalDecision.Renew : RenewalDecision.BackingOff,
    };

    /// <summary>Finds the recent failure because of which a certificate is not retried yet, or returns null.</summary>
    public IssuanceFailure? FindRecentFailure(CertificateState state) =>
        state.Failure is { } failure && failure.Holds(_context.Now) ? failure : null;

    /// <summary>
    /// Queries the CA's renewal information if it is time to, and stores it. A CA that cannot be reached is not an error.
    /// </summary>
    public async Task<CertificateEntry> RefreshAsync(CertificateEntry certificate, CancellationToken ct)
    {
        if (!RenewalInfoService.CanQuery(certificate, _context.Now))
        {
            return certificate;
        }

        await using var locked = await _certificates.LockAsync(certificate.Record.Id, ct).ConfigureAwait(false);
        return await _context.Rack.Certificates.FindAsync(certificate.Record.Id, ct).ConfigureAwait(false) is { } now
            ? await _renewalInfo.RefreshAsync(now, ct).ConfigureAwait(false)
            : certificate;
    }

    /// <summary>
    /// Refreshes the renewal information of a certificate as <see cref="RefreshAsync(CertificateEntry, CancellationToken)"/> does. If
    /// the rack cannot be used, the stored information decides, and the renewal reports the error.
    /// </summary>
    public Task<CertificateState> RefreshAsync(CertificateState state, CancellationToken ct) => UpdateAsync(state, RefreshAsync, ct);

    /// <summary>
    /// Queries the CA's renewal information as <see cref="RefreshAsync(CertificateState, CancellationToken)"/> does, and stores nothing.
    /// </summary>
    public Task<CertificateState> PreviewAsync(CertificateState state, CancellationToken ct) =>
        UpdateAsync(state, _renewalInfo.PreviewAsync, ct);

    private async Task<CertificateState> UpdateAsync(
        CertificateState state, Func<CertificateEntry, CancellationToken, Task<CertificateEntry>> update, CancellationToken ct)
    {
        try
        {
            return state.Entry is { } entry ? state with { Entry = await update(entry, ct).ConfigureAwait(false) } : state;
        }
        catch (Exception e) when (e is UserErrorException or IOException or UnauthorizedAccessException)
        {
            _context.ReportDetail(e.Message, Remedy.FromException(e));
            return state;
        }
    }

    /// <summary>Finds the outcome of a renewal that ended with an error.</summary>
    /// <param name="before">The certificate before the renewal.</param>
    /// <param name="error">The error.</param>
    /// <param name="isPlanned">True if the renewal was planned, so that the webhook is already notified.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<RenewalOutcome> FindOutcomeAsync(
        CertificateState before, Exception error, bool isPlanned, CancellationToken ct)
    {
        var id = before.Record.Id;
        if (OrderFailures.IsWaiting(error))
        {
            var waiting = await _certificates.FindAsync(id, ct).ConfigureAwait(false);
            return new RenewalOutcome(waiting, RenewalResult.Delayed) { Error = error };
        }

        var after = before;
        try
        {
            after = await _certificates.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // It was removed meanwhile or is corrupt. The error of the renewal reports that.
        }

        return new RenewalOutcome(after, RenewalResult.Failed)
        {
            Error = error,
            FailureNextTry = FindRecentFailure(after)?.NextTry ?? (error as EngineException)?.RetryAt,
            NeedsNotice = !isPlanned,
        };
    }

    /// <summary>
    /// Notifies the webhook of a renewal that failed before it began, and of a certificate that is about to expire. See
    /// <see cref="NotifyExpiryAsync(CertificateEntry?, CancellationToken)"/>.
    /// </summary>
    public async Task NotifyAsync(RenewalOutcome outcome, CancellationToken ct)
    {
        if (outcome is { NeedsNotice: true, Error: { } error, State: var state })
        {
            await _notifier.FailedAsync(
                state.Record, state.Entry, FailureCode.Get(error), _context.DescribeFailure(error), outcome.NextAttempt, ct)
                .ConfigureAwait(false);
        }

        await NotifyExpiryAsync(outcome.State.Entry, ct).ConfigureAwait(false);
    }

    // A time in the future comes from a wrong clock.
    private static bool WasRecentlyNotified(CertificateVersion version, DateTimeOffset now) =>
        version.ExpiryNoticed <= now && now - version.ExpiryNoticed < NotificationInterval;

    /// <summary>
    /// Warns the user of a certificate that is about to expire and notifies the webhook, at most once a day. CAs no longer
    /// send expiration e-mails. Failures are warnings.
    /// </summary>
    /// <param name="certificate">The certificate; null if no version is stored.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task NotifyExpiryAsync(CertificateEntry? certificate, CancellationToken ct)
    {
        try
        {
            var now = _context.Now;
            if (certificate is not null && RenewalPolicy.IsExpiring(certificate.Live, now))
            {
                await NotifyExpiryAsync(certificate, now, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            _context.ReportWarning(e.Message, Remedy.FromException(e));
        }
    }

    private async Task NotifyExpiryAsync(CertificateEntry certificate, DateTimeOffset now, CancellationToken ct)
    {
        var id = certificate.Record.Id;
        var verb = certificate.Live.Expires <= now ? "has expired" : "expires";
        _context.ReportWarning(
            $"{certificate.Record.GetTitle()} {verb} at {certificate.Live.Expires:u} and was not renewed.");
        await using (await _certificates.LockAsync(id, ct).ConfigureAwait(false))
        {
            var current = await _context.Rack.Certificates.FindAsync(id, ct).ConfigureAwait(false);
            if (current is null || WasRecentlyNotified(current.Live, now))
            {
                return;
            }

            var notified = current.Live with { ExpiryNoticed = now };
            await _context.Rack.Certificates.UpdateAsync(current.With(notified), ct).ConfigureAwait(false);
        }

        await _notifier.ExpiringAsync(certificate, ct).ConfigureAwait(false);
    }
}
