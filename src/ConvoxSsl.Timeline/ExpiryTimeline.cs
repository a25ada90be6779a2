using ConvoxSsl.Engine;

namespace ConvoxSsl.Timeline;

/// <summary>The content of a timeline, independent of how it is drawn.</summary>
public sealed record ExpiryTimeline
{
    private ExpiryTimeline(TimeAxis axis) => Axis = axis;

    /// <summary>The rows: first the entries without a certificate, then the others by expiry.</summary>
    public IReadOnlyList<TimelineEntry> Entries { get; private init; } = [];

    /// <summary>The number of entries left out because the number of rows is limited. They expire after the rows.</summary>
    public int Omitted { get; private init; }

    /// <summary>Advice on how to show the omitted entries, appended to the sentence that counts them; empty for none.</summary>
    public string OmittedHint { get; init; } = string.Empty;

    /// <summary>The number of entries that expire after the requested time.</summary>
    internal int Later { get; private init; }

    /// <summary>The requested time.</summary>
    internal TimeSpan? Within { get; private init; }

    /// <summary>The time axis that the rows share.</summary>
    internal TimeAxis Axis { get; }

    /// <summary>The current time.</summary>
    internal DateTimeOffset Now => Axis.Now;

    /// <summary>Creates the timeline of some certificates.</summary>
    /// <param name="entries">The rows, in any order.</param>
    /// <param name="now">The current time.</param>
    /// <param name="within">Leaves out entries that expire after this time; null for no limit.</param>
    /// <param name="maxRows">The maximum number of rows.</param>
    public static ExpiryTimeline Create(IEnumerable<TimelineEntry> entries, DateTimeOffset now, TimeSpan? within, int maxRows)
    {
        TimelineEntry[] all =
        [
            .. entries.OrderBy(entry => entry.Expires ?? DateTimeOffset.MinValue)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        TimelineEntry[] selected = within is { } span
            ? [.. all.Where(entry => entry.Expires is not { } expires || expires - now <= span)]
            : all;
        var rows = selected[..Math.Min(maxRows, selected.Length)];
        return new ExpiryTimeline(TimeAxis.Create(rows, now, within))
        {
            Entries = rows,
            Omitted = selected.Length - rows.Length,
            Later = all.Length - selected.Length,
            Within = within,
        };
    }

    /// <summary>The sentence that replaces a timeline without rows.</summary>
    internal string EmptyMessage => Later switch
    {
        0 => "There are no certificates to show.",
        1 => $"The only certificate does not expire within {Format(Within!.Value)}.",
        _ => FormattableString.Invariant($"None of {Later} certificates expires within {Format(Within!.Value)}."),
    };

    /// <summary>Returns the sentences below the rows that count the entries left out; none if all are shown.</summary>
    /// <param name="ellipsis">The text at the start of each sentence.</param>
    internal IEnumerable<string> GetRemainder(string ellipsis)
    {
        if (Omitted > 0)
        {
            var verb = Omitted == 1 ? "expires" : "expire";
            yield return FormattableString.Invariant($"{ellipsis} {Omitted} more {verb} later{OmittedHint}.");
        }

        if (Later > 0 && Entries.Count > 0)
        {
            var verb = Later == 1 ? "does" : "do";
            yield return FormattableString.Invariant($"{ellipsis} {Later} more {verb} not expire within {Format(Within!.Value)}.");
        }
    }

    private string Format(TimeSpan span)
    {
        var reach = span < TimeAxis.MaxReach ? span : TimeAxis.MaxReach;
        return RelativeTime.Between(Now + reach, Now).Replace(" from now", string.Empty, StringComparison.Ordinal);
    }
}
