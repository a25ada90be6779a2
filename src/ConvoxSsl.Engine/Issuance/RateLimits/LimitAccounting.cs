using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>Computes the remaining quota from the recorded uses and refusals.</summary>
internal static class LimitAccounting
{
    // The clocks of machines that share a rack may differ a little. Records further in the future come from a wrong clock.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>Returns the records that still count.</summary>
    public static LimitRecords GetCurrent(LimitRecords records, DateTimeOffset now) => new()
    {
        Uses = [.. records.Uses.Where(u => u.FullAgain > now && u.Used - now <= MaxClockSkew)],
        Refusals = [.. records.Refusals.Where(r => r.Until > now && r.Refused - now <= MaxClockSkew)],
    };

    /// <summary>Adds one use of a limit.</summary>
    public static LimitRecords AddUse(
        LimitRecords records, Uri directoryUrl, LimitSubject subject, TokenBucket bucket, DateTimeOffset now)
    {
        var use = Find(records, directoryUrl, subject);
        return records with
        {
            Uses =
            [
                .. records.Uses.Where(u => u != use),
                new LimitUse
                {
                    DirectoryUrl = directoryUrl,
                    Limit = subject.Limit,
                    Subject = subject.Key,
                    Used = now,
                    FullAgain = bucket.Take(GetRefillTime(use, bucket, now), now),
                },
            ],
        };
    }

    /// <summary>Adds a refusal, replacing an earlier one of the same subject.</summary>
    public static LimitRecords AddRefusal(LimitRecords records, LimitRefusal refusal) => records with
    {
        Refusals = [.. records.Refusals.Where(r => !IsSame(r, refusal)), refusal],
    };

    /// <summary>Returns the remaining quota of a limit.</summary>
    public static RemainingQuota GetQuota(
        LimitRecords records, Uri directoryUrl, LimitSubject subject, TokenBucket bucket, DateTimeOffset now)
    {
        var fullAgain = GetRefillTime(Find(records, directoryUrl, subject), bucket, now);
        return new RemainingQuota(subject, bucket, bucket.GetRemaining(fullAgain, now), bucket.GetNextTime(fullAgain, now), null);
    }

    /// <summary>Finds the recorded use of a limit, or returns null.</summary>
    public static LimitUse? Find(LimitRecords records, Uri directoryUrl, LimitSubject subject) =>
        records.Uses.FirstOrDefault(u => u.Limit == subject.Limit && u.Subject == subject.Key && u.DirectoryUrl == directoryUrl);

    private static bool IsSame(LimitRefusal one, LimitRefusal other) =>
        one.Limit == other.Limit && one.Subject == other.Subject && one.DirectoryUrl == other.DirectoryUrl;

    // Limits may have changed since this was recorded; no bucket takes longer than its window.
    private static DateTimeOffset GetRefillTime(LimitUse? use, TokenBucket bucket, DateTimeOffset now) =>
        use is null ? now : use.FullAgain - now > bucket.Window ? now + bucket.Window : use.FullAgain;
}
