using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>The arithmetic on what is recorded: what still counts, what is left of it, what a use leaves.</summary>
internal static class LimitAccounting
{
    // Machines that share a rack need not agree to the second; what lies further ahead was recorded under a wrong clock.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>What still counts.</summary>
    public static LimitRecords GetCurrent(LimitRecords records, DateTimeOffset now) => new()
    {
        Uses = [.. records.Uses.Where(u => u.FullAgain > now && u.Used - now <= MaxClockSkew)],
        Refusals = [.. records.Refusals.Where(r => r.Until > now && r.Refused - now <= MaxClockSkew)],
    };

    /// <summary>Records one more use of a limit.</summary>
    public static LimitRecords AddUse(LimitRecords records, Uri directoryUrl, LimitSubject subject, TokenBucket bucket, DateTimeOffset now)
    {
        var use = Find(records, directoryUrl, subject);
        return records with
        {
            Uses =
            [
                .. records.Uses.Where(u => u != use),
                new LimitUse
                {
                    DirectoryUrl = directoryUrl, Limit = subject.Limit, Subject = subject.Key, Used = now,
                    FullAgain = bucket.Take(GetRefillTime(use, bucket, now), now),
                },
            ],
        };
    }

    /// <summary>Records a refusal in the place of an earlier one of the same.</summary>
    public static LimitRecords AddRefusal(LimitRecords records, LimitRefusal refusal) => records with
    {
        Refusals = [.. records.Refusals.Where(r => r.Limit != refusal.Limit || r.Subject != refusal.Subject || r.DirectoryUrl != refusal.DirectoryUrl), refusal],
    };

    /// <summary>What is left of a limit.</summary>
    public static RemainingQuota GetQuota(LimitRecords records, Uri directoryUrl, LimitSubject subject, TokenBucket bucket, DateTimeOffset now)
    {
        var fullAgain = GetRefillTime(Find(records, directoryUrl, subject), bucket, now);
        return new RemainingQuota(subject, bucket, bucket.GetRemaining(fullAgain, now), bucket.GetNextTime(fullAgain, now), null);
    }

    /// <summary>What was used of a limit, or null.</summary>
    public static LimitUse? Find(LimitRecords records, Uri directoryUrl, LimitSubject subject) =>
        records.Uses.FirstOrDefault(u => u.Limit == subject.Limit && u.Subject == subject.Key && u.DirectoryUrl == directoryUrl);

    // The limits may have been other ones when it was recorded; no bucket takes longer than its window.
    private static DateTimeOffset GetRefillTime(LimitUse? use, TokenBucket bucket, DateTimeOffset now) =>
        use is null ? now : use.FullAgain - now > bucket.Window ? now + bucket.Window : use.FullAgain;
}
