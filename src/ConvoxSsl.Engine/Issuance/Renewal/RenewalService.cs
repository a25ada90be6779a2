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
        { Controlled.Phase: ControlledPhase.Issuing } when !isNamed => RenewalDecision.InProgress,
        { Entry: { } entry, Order: null or { IsEnded: true } } when !IsDue(entry) => RenewalDecision.NotDue,
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

    // A time in the future comes from a wrong clock.
    private static bool WasRecentlyNotified(CertificateVersion version, DateTimeOffset now) =>
        version.ExpiryNoticed <= now && now - version.ExpiryNoticed < NotificationInterval;

    /// <summary>
    /// Warns the user of a certificate that is about to expire and notifies the webhook, at most once a day. CAs no longer
    /// send expiration e-mails.
    /// </summary>
    public async Task NotifyExpiryAsync(CertificateEntry certificate, CancellationToken ct)
    {
        var now = _context.Now;
        if (!RenewalPolicy.IsExpiring(certificate.Live, now))
        {
            return;
        }

        var id = certificate.Record.Id;
        var verb = certificate.Live.Expires <= now ? "has expired" : "expires";
        _context.ReportWarning(
            $"{id} ({string.Join(", ", certificate.Record.Domains)}) {verb} at {certificate.Live.Expires:u} and was not renewed.");
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
