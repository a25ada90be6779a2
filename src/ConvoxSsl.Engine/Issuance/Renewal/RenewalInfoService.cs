using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>Queries CAs for renewal information (RFC 9773), as often as they allow, and stores it on the rack.</summary>
internal sealed class RenewalInfoService(IssuanceContext context, AcmeAccounts accounts)
{
    // RFC 9773 section 4.3: the limits of Retry-After, and the delay without it.
    private static readonly TimeSpan MinDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromHours(6);

    // An unreachable CA is not queried again for every certificate of the same run.
    private readonly ConcurrentDictionary<Uri, DateTimeOffset> _unreachable = new();

    /// <summary>
    /// Queries the CA if it is time to, and returns the certificate with the current advice. A failed query never prevents
    /// a renewal. The caller holds the certificate's lock.
    /// </summary>
    public async Task<CertificateEntry> RefreshAsync(CertificateEntry entry, CancellationToken ct)
    {
        var advised = await PreviewAsync(entry, ct).ConfigureAwait(false);
        return ReferenceEquals(advised, entry)
            ? entry
            : await context.Rack.Certificates.UpdateAsync(advised, ct).ConfigureAwait(false);
    }

    /// <summary>Returns the certificate as <see cref="RefreshAsync"/> would store it.</summary>
    public async Task<CertificateEntry> PreviewAsync(CertificateEntry entry, CancellationToken ct)
    {
        var live = entry.Live;
        var now = context.Now;
        if (!CanQuery(entry, now)
            || (_unreachable.TryGetValue(entry.Record.Settings!.DirectoryUrl!, out var since) && now - since < MinDelay))
        {
            return entry;
        }

        var advice = await QueryAsync(entry.Record, live, ct).ConfigureAwait(false);
        return entry.With(live with { Advice = advice, RenewAfter = RenewalPolicy.GetRenewalTime(live, advice) });
    }

    /// <summary>Returns true if the CA may be queried about a certificate now.</summary>
    public static bool CanQuery(CertificateEntry entry, DateTimeOffset now) =>
        // A controller decides itself when it renews.
        entry.Record.Settings is { DirectoryUrl: not null, Controller: null }
        && entry.Live is { Revoked: null, RenewalId: not null } live
        && live.Expires > now
        // A time beyond the maximum delay comes from a wrong clock.
        && (live.Advice is not { } advice || advice.AskAgainAt <= now || advice.AskAgainAt > now + MaxDelay);

    private async Task<RenewalAdvice> QueryAsync(CertificateRecord record, CertificateVersion live, CancellationToken ct)
    {
        var before = live.Advice;
        var directoryUrl = record.Settings!.DirectoryUrl!;
        try
        {
            var account = await context.Rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
            var client = await accounts.ConnectAsync(directoryUrl, account?.CaCertificate, ct).ConfigureAwait(false);
            var info = await client.GetRenewalInfoAsync(live.RenewalId!, ct).ConfigureAwait(false);
            return info is null
                ? new RenewalAdvice { AskAgainAt = context.Now + DefaultDelay }
                : CreateAdvice(record, live, info);
        }
        catch (Exception e) when (e is AcmeException or EngineException)
        {
            context.ReportDetail(
                $"Cannot query the renewal information of {record.Id}, so the current renewal time stays: {e.Message}",
                Remedy.FromException(e));
            if (e is AcmeException
                {
                    Problem: { ShortType: AcmeProblemType.Unreachable or AcmeProblemType.Untrusted } or { Status: >= 500 or 429 },
                })
            {
                _unreachable[directoryUrl] = context.Now;
            }

            var nextQuery = (e as AcmeException)?.RetryAt is { } at ? Clamp(at) : context.Now + DefaultDelay;
            return (before ?? new RenewalAdvice { AskAgainAt = nextQuery }) with { AskAgainAt = nextQuery };
        }
    }

    private RenewalAdvice CreateAdvice(CertificateRecord record, CertificateVersion live, AcmeRenewalInfo info)
    {
        var (start, end) = (info.SuggestedWindow.Start.ToUniversalTime(), info.SuggestedWindow.End.ToUniversalTime());
        var advice = new RenewalAdvice { AskAgainAt = Clamp(info.RetryAt), ExplanationUrl = info.ExplanationUrl };
        if (!RenewalPolicy.IsUsable(start, end, live.NotBefore))
        {
            context.ReportDetail(
                $"The CA's renewal window for {record.Id}, {start:u} to {end:u}, is not valid, so the certificate's lifetime decides.");
            return advice;
        }

        // A time is chosen once per window, so that clients spread over it (RFC 9773 section 4.2).
        var renewAt = live.Advice is { RenewAt: { } chosen } before && before.Start == start && before.End == end
            ? chosen
            : ChooseTime(live.RenewalId!, start, end);
        var reason = info.ExplanationUrl is { } url ? $" because of {url}" : string.Empty;
        context.ReportDetail(
            $"The CA asks for the renewal of {record.Id} between {start:u} and {end:u}{reason}; the chosen time is {renewAt:u}.");
        return advice with { Start = start, End = end, RenewAt = renewAt };
    }

    // A hash is as evenly distributed as random times, and the same for a preview and for the renewal that follows it.
    private static DateTimeOffset ChooseTime(string renewalId, DateTimeOffset start, DateTimeOffset end)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{renewalId} {start:O} {end:O}")));
        var seconds = (ulong)(end - start).TotalSeconds;
        return start.AddSeconds(BinaryPrimitives.ReadUInt64BigEndian(hash) % (seconds + 1));
    }

    private DateTimeOffset Clamp(DateTimeOffset? retryAt)
    {
        var now = context.Now;
        var delay = retryAt - now ?? DefaultDelay;
        return now + (delay < MinDelay ? MinDelay : delay > MaxDelay ? MaxDelay : delay);
    }
}
