namespace ConvoxSsl.Timeline;

/// <summary>The time that all rows of a timeline share. Now is always well inside it.</summary>
/// <param name="From">Its left end.</param>
/// <param name="To">Its right end.</param>
/// <param name="Now">Now.</param>
public sealed record TimeAxis(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Now)
{
    /// <summary>No axis reaches further than that, however far one asks.</summary>
    public static readonly TimeSpan MaxReach = TimeSpan.FromDays(365_250);

    // One root that lasts for decades must not turn all the others into a dot: its bar runs off the axis.
    private static readonly TimeSpan DefaultMaxReach = TimeSpan.FromDays(400);
    private static readonly TimeSpan RecentPast = TimeSpan.FromDays(30);
    private static readonly TimeSpan MinReach = TimeSpan.FromHours(1);

    /// <summary>Where a time lies: 0 at the left end or before it, 1 at the right end or after it.</summary>
    public double GetPosition(DateTimeOffset time) => Math.Clamp((time - From) / (To - From), 0, 1);

    /// <summary>The axis for some rows: as far ahead as they last, and back to where that is about half of it.</summary>
    /// <param name="entries">The rows.</param>
    /// <param name="now">Now.</param>
    /// <param name="within">How far ahead it must reach, whatever the rows say.</param>
    public static TimeAxis Create(IReadOnlyList<TimelineEntry> entries, DateTimeOffset now, TimeSpan? within)
    {
        var expiries = entries.Select(entry => entry.Expires).OfType<DateTimeOffset>().ToArray();
        var sinceExpiry = expiries.Where(expires => expires < now).Select(expires => Min(now - expires, RecentPast)).DefaultIfEmpty().Max();
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
