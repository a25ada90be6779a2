using System.Collections.Concurrent;
using System.Security.Cryptography;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>Asks CAs when they want certificates renewed, as often as they allow, and keeps the answers on the rack.</summary>
internal sealed class RenewalInfoService(IRack rack, AcmeAccounts accounts, TimeProvider time, IProgress<IssuanceEvent> events)
{
    // RFC 9773 section 4.3: the bounds of Retry-After, and the pause where there is none.
    private static readonly TimeSpan MinDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromHours(6);

    // A CA that did not answer for one certificate is not waited for ten thousand times in one run.
    private readonly ConcurrentDictionary<Uri, DateTimeOffset> _unreachable = new();

    /// <summary>
    /// The certificate with the CA's advice of today. A CA that can't be asked never stands in the way of a renewal.
    /// The caller holds the certificate's lock.
    /// </summary>
    public async Task<CertificateEntry> RefreshAsync(CertificateEntry entry, CancellationToken ct)
    {
        var live = entry.Live;
        var now = time.GetUtcNow();
        if (!CanQuery(entry, now) || (_unreachable.TryGetValue(entry.Record.Settings!.DirectoryUrl!, out var since) && now - since < MinDelay))
        {
            return entry;
        }

        var advice = await QueryAsync(entry.Record, live, ct).ConfigureAwait(false);
        var advised = live with { Advice = advice, RenewAfter = RenewalPolicy.GetRenewalTime(live, advice) };
        return await rack.Certificates.UpdateAsync(entry.With(advised), ct).ConfigureAwait(false);
    }

    /// <summary>Whether the CA may be asked about it now.</summary>
    public static bool CanQuery(CertificateEntry entry, DateTimeOffset now) =>
        // A controller decides by itself when it renews.
        entry.Record.Settings is { DirectoryUrl: not null, Controller: null }
        && entry.Live is { Revoked: null, RenewalId: not null } live
        && live.Expires > now
        // What lies further ahead than any pause was noted under a wrong clock.
        && (live.Advice is not { } advice || advice.AskAgainAt <= now || advice.AskAgainAt > now + MaxDelay);

    private async Task<RenewalAdvice> QueryAsync(CertificateRecord record, CertificateVersion live, CancellationToken ct)
    {
        var before = live.Advice;
        var directoryUrl = record.Settings!.DirectoryUrl!;
        try
        {
            var account = await rack.Accounts.FindAsync(directoryUrl, ct).ConfigureAwait(false);
            var client = await accounts.ConnectAsync(directoryUrl, account?.CaCertificate, ct).ConfigureAwait(false);
            var answer = await client.GetRenewalInfoAsync(live.RenewalId!, ct).ConfigureAwait(false);
            return answer is null ? new RenewalAdvice { AskAgainAt = time.GetUtcNow() + DefaultDelay } : CreateAdvice(record, live, answer);
        }
        catch (Exception e) when (e is AcmeException or EngineException)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"When {record.Id} should be renewed could not be asked: {e.Message} What is known holds until then."));
            if (e is AcmeException { Problem: { ShortType: "unreachable" or "untrusted" } or { Status: >= 500 or 429 } })
            {
                _unreachable[directoryUrl] = time.GetUtcNow();
            }

            var pause = (e as AcmeException)?.RetryAt is { } at ? Clamp(at) : time.GetUtcNow() + DefaultDelay;
            return (before ?? new RenewalAdvice { AskAgainAt = pause }) with { AskAgainAt = pause };
        }
    }

    private RenewalAdvice CreateAdvice(CertificateRecord record, CertificateVersion live, AcmeRenewalInfo answer)
    {
        var (start, end) = (answer.SuggestedWindow.Start.ToUniversalTime(), answer.SuggestedWindow.End.ToUniversalTime());
        var advice = new RenewalAdvice { AskAgainAt = Clamp(answer.AskAgainAt), ExplanationUrl = answer.ExplanationUrl };
        if (!RenewalPolicy.IsUsable(start, end, live.NotBefore))
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The CA's renewal window for {record.Id}, {start:u} to {end:u}, can't be used: its own lifetime decides."));
            return advice;
        }

        // The instant is drawn once for a window, so that many clients spread over it (RFC 9773 section 4.2).
        var at = live.Advice is { RenewAt: { } drawn } before && before.Start == start && before.End == end ? drawn : ChooseTime(start, end);
        events.Report(new IssuanceEvent(
            IssuanceEventKind.Detail,
            $"The CA wants {record.Id} renewed between {start:u} and {end:u}{(answer.ExplanationUrl is { } url ? $", because of {url}" : string.Empty)}: {at:u} was drawn."));
        return advice with { Start = start, End = end, RenewAt = at };
    }

    private static DateTimeOffset ChooseTime(DateTimeOffset start, DateTimeOffset end)
    {
        var seconds = Math.Min((end - start).TotalSeconds, int.MaxValue - 1);
        return start.AddSeconds(RandomNumberGenerator.GetInt32((int)seconds + 1));
    }

    private DateTimeOffset Clamp(DateTimeOffset? asked)
    {
        var now = time.GetUtcNow();
        var pause = asked is { } at ? at - now : DefaultDelay;
        return now + (pause < MinDelay ? MinDelay : pause > MaxDelay ? MaxDelay : pause);
    }
}
