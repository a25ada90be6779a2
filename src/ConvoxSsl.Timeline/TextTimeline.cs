using System.Globalization;

namespace ConvoxSsl.Timeline;

/// <summary>A timeline as lines of text for a terminal.</summary>
public sealed class TextTimeline
{
    /// <summary>The minimum width of a readable timeline, in cells.</summary>
    public const int MinWidth = 40;

    private readonly ExpiryTimeline _timeline;
    private readonly TimelineGlyphs _glyphs;
    private readonly TimelineColours _colours;
    private readonly int _width;
    private readonly string[] _names;
    private readonly TextColumns _columns;
    private readonly TimelineBar _bar;

    private TextTimeline(ExpiryTimeline timeline, int width, TimelineGlyphs glyphs, TimelineColours colours)
    {
        (_timeline, _glyphs, _colours, _width) = (timeline, glyphs, colours, Math.Max(width, MinWidth));
        _names = [.. timeline.Entries.Select(entry => CellText.Sanitize(entry.Name, glyphs.Replacement, glyphs.IsAscii))];
        var nameWidths = _names.Zip(timeline.Entries, (name, entry) => CellText.GetWidth(name) + FormatOtherNames(entry).Length);
        _columns = TextColumns.Create(_width, nameWidths.DefaultIfEmpty().Max());
        _bar = new TimelineBar(timeline.Axis, _columns.Bar, glyphs);
    }

    /// <summary>Draws a timeline. No line is wider than the width.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="width">The maximum number of cells of a line, at least <see cref="MinWidth"/>.</param>
    /// <param name="glyphs">The characters.</param>
    /// <param name="colours">The colours.</param>
    public static IReadOnlyList<string> Draw(ExpiryTimeline timeline, int width, TimelineGlyphs glyphs, TimelineColours colours)
    {
        var text = new TextTimeline(timeline, width, glyphs, colours);
        return timeline.Entries.Count == 0
            ? [.. text.Fold(timeline.EmptyMessage.Split(' '), " ")]
            : [.. text.CreateHeader(), .. timeline.Entries.Select(text.CreateRow), .. text.CreateFooter()];
    }

    private IEnumerable<string> CreateHeader()
    {
        var marks = AxisMark.CreateAll(_timeline.Axis, _columns.Bar).ToArray();
        var labels = _bar.DrawLabels(marks).TrimEnd();
        yield return _colours.Paint(_colours.Header, (FormatColumns("NAME", "STATUS", "EXPIRES") + labels).TrimEnd());
        yield return FormatColumns(string.Empty, string.Empty, string.Empty) + _colours.Paint(_colours.Header, _bar.DrawRule(marks));
    }

    private string CreateRow(TimelineEntry entry, int index)
    {
        var colour = _colours.GetColour(entry.State);
        var others = FormatOtherNames(entry);
        var nameWidth = Math.Min(CellText.GetWidth(_names[index]), _columns.Name - others.Length);
        var name = CellText.Fit(_names[index], nameWidth, _glyphs.Ellipsis) + others;
        var bar = _bar.Draw(entry);
        var line = _bar.NowCell;
        return FormatColumns(name, entry.State.ToString(), FormatTimeLeft(entry), colour)
            + _colours.Paint(colour, bar[..line])
            + _colours.Paint(_colours.Now, bar[line].ToString())
            + _colours.Paint(colour, bar[(line + 1)..].TrimEnd());
    }

    private IEnumerable<string> CreateFooter()
    {
        string[] legend = [.. CreateLegend()];
        return Fold(legend, "   ").Concat(_timeline.GetRemainder(_glyphs.Ellipsis).SelectMany(sentence => Fold(sentence.Split(' '), " ")));
    }

    private IEnumerable<string> CreateLegend()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{_glyphs.Now} now, {_timeline.Now.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        var bars = string.Concat(_timeline.Entries.Select(_bar.Draw));
        foreach (var (glyph, meaning) in new[]
        {
            (_glyphs.Valid, "valid"),
            (_glyphs.Renew, "renewal due"),
            (_glyphs.Window, "renewal window"),
            (_glyphs.Revoked, "revoked"),
            (_glyphs.End, "expired or revoked"),
            (_glyphs.Before, "expired earlier"),
            (_glyphs.After, "valid longer"),
        })
        {
            if (bars.Contains(glyph))
            {
                yield return $"{glyph} {meaning}";
            }
        }
    }

    private string FormatColumns(string name, string state, string expires, string colour = "")
    {
        var gap = new string(' ', _columns.Gap);
        var statePadding = new string(' ', TextColumns.State - state.Length);
        var columns = CellText.Fit(name, _columns.Name, _glyphs.Ellipsis) + gap + _colours.Paint(colour, state) + statePadding + gap;
        return _columns.Expires == 0 ? columns : columns + CellText.Fit(expires, _columns.Expires, _glyphs.Ellipsis) + gap;
    }

    private string FormatTimeLeft(TimelineEntry entry)
    {
        if (entry.Expires is not { } expires)
        {
            return "-";
        }

        var distance = (expires - _timeline.Now).Duration();
        var measure = distance switch
        {
            _ when distance < TimeSpan.FromHours(1) => $"{(int)distance.TotalMinutes}m",
            _ when distance < TimeSpan.FromDays(1) => $"{(int)distance.TotalHours}h",
            _ when distance < TimeSpan.FromDays(1000) => $"{(int)distance.TotalDays}d",
            _ => $"{(int)(distance.TotalDays / 365.2425)}y",
        };
        return expires > _timeline.Now ? $"in {measure}" : $"{measure} ago";
    }

    private static string FormatOtherNames(TimelineEntry entry) =>
        entry.OtherNames == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" +{entry.OtherNames}");

    private IEnumerable<string> Fold(IEnumerable<string> parts, string between)
    {
        var line = string.Empty;
        foreach (var part in parts)
        {
            if (line.Length > 0 && line.Length + between.Length + part.Length > _width)
            {
                yield return line;
                line = string.Empty;
            }

            line += line.Length == 0 ? part : between + part;
        }

        yield return line;
    }
}
