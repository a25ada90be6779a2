namespace ConvoxSsl.Timeline;

/// <summary>The time axis that all rows of a timeline share. The current time is always well inside it.</summary>
/// <param name="From">The left end.</param>
/// <param name="To">The right end.</param>
/// <param name="Now">The current time.</param>
internal sealed record TimeAxis(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Now)
{
    /// <summary>The maximum time ahead of now, even if more is requested.</summary>
    public static readonly TimeSpan MaxReach = TimeSpan.FromDays(365_250);

    // A root certificate that is valid for decades must not shrink the others to a dot, so its bar leaves the axis.
    private static readonly TimeSpan DefaultMaxReach = TimeSpan.FromDays(400);
    private static readonly TimeSpan RecentPast = TimeSpan.FromDays(30);
    private static readonly TimeSpan MinReach = TimeSpan.FromHours(1);

    /// <summary>Returns the position of a time: 0 at or before the left end, 1 at or after the right end.</summary>
    public double GetPosition(DateTimeOffset time) => Math.Clamp((time - From) / (To - From), 0, 1);

    /// <summary>Creates the axis for some rows, up to the last expiry. The past takes a third at most, unless a row has expired.</summary>
    /// <param name="entries">The rows.</param>
    /// <param name="now">The current time.</param>
    /// <param name="within">The time ahead that the axis covers; null for what the rows need.</param>
    public static TimeAxis Create(IReadOnlyList<TimelineEntry> entries, DateTimeOffset now, TimeSpan? within)
    {
        var expiries = entries.Select(entry => entry.Expires).OfType<DateTimeOffset>().ToArray();
        var sinceExpiry = expiries
            .Where(expires => expires < now)
            .Select(expires => Min(now - expires, RecentPast))
            .DefaultIfEmpty()
            .Max();
        var sinceBegin = entries.Select(entry => now - (entry.NotBefore ?? now)).DefaultIfEmpty().Max();
        var ahead = within is { } span
            ? Max(Min(span, MaxReach), TimeSpan.FromSeconds(1))
            : Max(Min(expiries.Select(expires => expires - now).DefaultIfEmpty().Max(), DefaultMaxReach), Max(sinceExpiry / 2, MinReach));
        var back = Max(ahead / 8, Min(sinceBegin, Max(ahead / 2, Min(sinceExpiry * 1.25, ahead * 3))));
        return new TimeAxis(now - Min(back, now - DateTimeOffset.MinValue), now + Min(ahead, DateTimeOffset.MaxValue - now), now);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
