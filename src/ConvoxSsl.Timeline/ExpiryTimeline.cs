using ConvoxSsl.Engine;

namespace ConvoxSsl.Timeline;

/// <summary>What a timeline shows, before anybody draws it.</summary>
/// <param name="Entries">The rows: first what has no certificate at all, then the soonest to expire.</param>
/// <param name="Omitted">How many more there are, which expire after those.</param>
/// <param name="Later">How many expire after the time that was asked for.</param>
/// <param name="Within">The time that was asked for.</param>
/// <param name="Axis">The time that the rows share.</param>
public sealed record ExpiryTimeline(IReadOnlyList<TimelineEntry> Entries, int Omitted, int Later, TimeSpan? Within, TimeAxis Axis)
{
    /// <summary>Now, as the axis has it.</summary>
    public DateTimeOffset Now => Axis.Now;

    /// <summary>Creates the timeline of some certificates.</summary>
    /// <param name="entries">The rows, in any order.</param>
    /// <param name="now">Now.</param>
    /// <param name="within">How far it looks ahead; those that expire later are left out. Without it, as far as needed.</param>
    /// <param name="first">How many rows at the most.</param>
    public static ExpiryTimeline Create(IEnumerable<TimelineEntry> entries, DateTimeOffset now, TimeSpan? within, int first)
    {
        TimelineEntry[] all =
        [
            .. entries.OrderBy(entry => entry.Expires ?? DateTimeOffset.MinValue)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        TimelineEntry[] wanted = within is { } span ? [.. all.Where(entry => entry.Expires is not { } expires || expires - now <= span)] : all;
        var shown = wanted[..Math.Min(first, wanted.Length)];
        return new ExpiryTimeline(shown, wanted.Length - shown.Length, all.Length - wanted.Length, within, TimeAxis.Create(shown, now, within));
    }

    /// <summary>What stands in place of a timeline without rows.</summary>
    public string EmptyMessage => Later == 0
        ? "There are no certificates to show."
        : $"{(Later == 1 ? "The only certificate does not expire" : FormattableString.Invariant($"None of {Later} certificates expires"))} within {Format(Within!.Value)}.";

    /// <summary>What is said below the rows about those that are not shown; empty where all are.</summary>
    /// <param name="ellipsis">What the sentence begins with.</param>
    public IEnumerable<string> GetRemainder(string ellipsis)
    {
        if (Omitted > 0)
        {
            yield return FormattableString.Invariant($"{ellipsis} {Omitted} more {(Omitted == 1 ? "expires" : "expire")} later; -First {Entries.Count + Omitted} shows all.");
        }

        if (Later > 0 && Entries.Count > 0)
        {
            yield return FormattableString.Invariant($"{ellipsis} {Later} more {(Later == 1 ? "does" : "do")} not expire within {Format(Within!.Value)}.");
        }
    }

    private string Format(TimeSpan span)
    {
        var reach = span < TimeAxis.MaxReach ? span : TimeAxis.MaxReach;
        return RelativeTime.Between(Now + reach, Now).Replace(" from now", string.Empty, StringComparison.Ordinal);
    }
}
