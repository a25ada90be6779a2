namespace ConvoxSsl.Timeline;

/// <summary>The cells of one row's bar.</summary>
/// <remarks>
/// A cell may stand for a week. The end of a certificate is still drawn on its side of the current time, even if it is a
/// second away.
/// </remarks>
internal sealed class TimelineBar(TimeAxis axis, int cells, TimelineGlyphs glyphs)
{
    private const string NoCertificate = "no certificate yet";

    /// <summary>The cell of the current time.</summary>
    public int NowCell { get; } = GetCell(axis, axis.Now, cells);

    /// <summary>Draws the bar of a row, as wide as the axis.</summary>
    public string Draw(TimelineEntry entry)
    {
        var row = new char[cells];
        Array.Fill(row, ' ');
        if (entry.Expires is { } expires)
        {
            DrawLife(row, entry, expires);
        }
        else if (NowCell + 2 + NoCertificate.Length <= cells)
        {
            NoCertificate.CopyTo(row.AsSpan(NowCell + 2));
        }

        row[NowCell] = glyphs.Now;
        return new string(row);
    }

    /// <summary>Draws the axis with its marks.</summary>
    public string DrawRule(IReadOnlyList<AxisMark> marks)
    {
        var row = new char[cells];
        Array.Fill(row, glyphs.Rule);
        foreach (var mark in marks)
        {
            row[GetCell(mark.Time)] = glyphs.Mark;
        }

        row[NowCell] = glyphs.NowAbove;
        return new string(row);
    }

    /// <summary>Draws the labels of the marks, except those that would overlap.</summary>
    public string DrawLabels(IReadOnlyList<AxisMark> marks)
    {
        var row = new char[cells];
        Array.Fill(row, ' ');
        var free = 0;
        foreach (var mark in marks)
        {
            var at = GetCell(mark.Time);
            if (at >= free && at + mark.Label.Length <= cells)
            {
                mark.Label.CopyTo(row.AsSpan(at));
                free = at + mark.Label.Length + 1;
            }
        }

        return new string(row);
    }

    private void DrawLife(char[] row, TimelineEntry entry, DateTimeOffset expires)
    {
        if (expires < axis.From)
        {
            row[0] = glyphs.Before;
            return;
        }

        var end = GetCellBesideNow(expires);
        var begin = Math.Min(GetCell(entry.NotBefore ?? axis.From), end);
        var renew = entry.State == TimelineState.Revoked || entry.RenewAfter is not { } renewAfter ? cells
            : renewAfter < axis.From ? -1
            : renewAfter > axis.To ? cells
            : Math.Clamp(GetCellBesideNow(renewAfter), begin, end);
        for (var cell = begin; cell <= end; cell++)
        {
            row[cell] = entry.State == TimelineState.Revoked ? glyphs.Revoked
                : cell < renew ? glyphs.Valid
                : cell == renew ? glyphs.Renew
                : glyphs.Window;
        }

        if (expires > axis.To)
        {
            row[end] = glyphs.After;
        }
        else if (entry.HasEnded)
        {
            row[end] = glyphs.End;
        }
    }

    private int GetCellBesideNow(DateTimeOffset time) =>
        GetCell(time) is var cell && cell != NowCell ? cell : time > axis.Now ? cell + 1 : cell - 1;

    private int GetCell(DateTimeOffset time) => GetCell(axis, time, cells);

    private static int GetCell(TimeAxis axis, DateTimeOffset time, int cells) =>
        Math.Min((int)(axis.GetPosition(time) * cells), cells - 1);
}
