namespace ConvoxSsl.Timeline.Tests;

/// <summary>Timeline entries, seen from noon of a day in November.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Entries of each state, with a lifetime of 90 days.</summary>
    public static IReadOnlyList<TimelineEntry> OfAllStates { get; } =
    [
        CreateDated("www.example.org example.org", 90, 75, 30),
        CreateDated("api.example.org", 90, 21, 30),
        CreateDated("old.example.org", 90, -6, 30),
        CreateDated("lost.example.org", 90, 60, 30, TimelineState.Revoked),
        Create("new.example.org", TimelineState.Pending),
        Create("bad.example.org", TimelineState.Failed),
    ];

    /// <summary>Creates an entry with dates.</summary>
    /// <param name="names">The names, separated by spaces.</param>
    /// <param name="lifetime">The lifetime.</param>
    /// <param name="remaining">The remaining part of the lifetime.</param>
    /// <param name="window">The time before the expiry at which the renewal window begins.</param>
    /// <param name="state">The state; null for the one that follows from the dates.</param>
    public static TimelineEntry CreateDated(
        string names, TimeSpan lifetime, TimeSpan remaining, TimeSpan window, TimelineState? state = null)
    {
        var dated = remaining <= TimeSpan.Zero ? TimelineState.Expired : remaining <= window ? TimelineState.Due : TimelineState.Ready;
        return Create(names, state ?? dated) with
        {
            NotBefore = Now + remaining - lifetime,
            Expires = Now + remaining,
            RenewAfter = Now + remaining - window,
        };
    }

    /// <summary>Creates an entry with dates, from numbers of days.</summary>
    public static TimelineEntry CreateDated(
        string names, double lifetime, double remaining, double window, TimelineState? state = null) =>
        CreateDated(names, TimeSpan.FromDays(lifetime), TimeSpan.FromDays(remaining), TimeSpan.FromDays(window), state);

    /// <summary>Creates an entry without dates.</summary>
    public static TimelineEntry Create(string names, TimelineState state) => new()
    {
        Name = names.Split(' ')[0],
        OtherNames = names.Count(c => c == ' '),
        State = state,
    };

    /// <summary>Creates a timeline with the same hint that Show-ConvoxExpiry gives.</summary>
    public static ExpiryTimeline CreateTimeline(IEnumerable<TimelineEntry> entries, TimeSpan? within = null, int maxRows = 1000)
    {
        var timeline = ExpiryTimeline.Create(entries, Now, within, maxRows);
        return timeline with { OmittedHint = $"; -First {timeline.Entries.Count + timeline.Omitted} shows all" };
    }

    public static string Draw(
        IEnumerable<TimelineEntry> entries,
        int width = 80,
        TimelineGlyphs? glyphs = null,
        TimelineColours? colours = null,
        TimeSpan? within = null,
        int maxRows = 50) =>
        string.Join('\n', TextTimeline.Draw(
            CreateTimeline(entries, within, maxRows), width, glyphs ?? TimelineGlyphs.Unicode, colours ?? TimelineColours.None));
}
