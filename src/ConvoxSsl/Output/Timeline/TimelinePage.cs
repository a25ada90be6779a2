using System.Globalization;
using System.Net;
using System.Text;

namespace ConvoxSsl.Timeline;

/// <summary>A timeline as a page of its own: no script, no network, well-formed XML.</summary>
internal sealed class TimelinePage
{
    // What the labels of the marks are counted in: the axis is about that many characters wide on a small screen.
    private const int AxisCells = 60;

    private readonly ExpiryTimeline _timeline;
    private readonly StringBuilder _page = new();

    private TimelinePage(ExpiryTimeline timeline) => _timeline = timeline;

    /// <summary>The page.</summary>
    /// <param name="timeline">What to draw.</param>
    /// <param name="title">What the page is called.</param>
    public static string Draw(ExpiryTimeline timeline, string title)
    {
        var page = new TimelinePage(timeline);
        page.Write(title);
        return page._page.ToString();
    }

    private void Write(string title)
    {
        _page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>{Safe(title)}</title>
            <style>
            {TimelineStyle.Text}
            </style>
            </head>
            <body>
            <main>
            <h1>{Safe(title)}</h1>
            <p>{Summary()}</p>

            """);
        if (_timeline.Entries.Count > 0)
        {
            WriteTable();
        }

        foreach (var sentence in _timeline.Remainder("…"))
        {
            _page.Append(CultureInfo.InvariantCulture, $"<p>{Safe(sentence)}</p>\n");
        }

        _page.Append("</main>\n</body>\n</html>\n");
    }

    private string Summary()
    {
        if (_timeline.Entries.Count == 0)
        {
            return $"{Safe(_timeline.Emptiness)} {Time(_timeline.Now)}";
        }

        var counts = _timeline.Entries.GroupBy(entry => entry.State).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"<b class=\"{Class(group.Key)}\">{group.Count()} {group.Key}</b>"));
        return $"As of {Time(_timeline.Now)}: {string.Join(", ", counts)}.";
    }

    private void WriteTable()
    {
        _page.Append("""
            <svg class="definitions" width="0" height="0" aria-hidden="true"><defs>
            <pattern id="window" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="stripe" width="3" height="6"/></pattern>
            </defs></svg>
            <p class="legend" aria-hidden="true">
            <span><svg width="24" height="12"><rect class="valid" y="2" width="24" height="8"/></svg> valid</span>
            <span><svg width="24" height="12"><rect class="window" y="2" width="24" height="8"/></svg> renewal window</span>
            <span><svg width="12" height="12"><path class="renew" d="M6 0l5 6-5 6-5-6z"/></svg> renewed from here</span>
            <span><svg width="12" height="12"><path class="end" d="M2 2l8 8m0-8l-8 8"/></svg> ended</span>
            <span><svg width="4" height="12"><rect class="now" x="1" width="2" height="12"/></svg> now</span>
            </p>
            <table>
            <caption>Certificates by expiry; all times are UTC</caption>
            <thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Valid from</th><th scope="col">Renew after</th><th scope="col">Expires</th>
            """);
        WriteAxis();
        _page.Append("</tr></thead>\n<tbody>\n");
        foreach (var entry in _timeline.Entries)
        {
            WriteRow(entry);
        }

        _page.Append("</tbody>\n</table>\n");
    }

    private void WriteAxis()
    {
        _page.Append("<th scope=\"col\" class=\"chart\"><span class=\"spoken\">Timeline</span><div class=\"axis\" aria-hidden=\"true\">");
        foreach (var mark in AxisMark.On(_timeline.Axis, AxisCells).Where(mark => _timeline.Axis.Position(mark.Time) < 0.93))
        {
            _page.Append(CultureInfo.InvariantCulture, $"<span style=\"left:{Percent(mark.Time)}\">{mark.Label}</span>");
        }

        _page.Append("</div></th>");
    }

    private void WriteRow(TimelineEntry entry)
    {
        var others = entry.OtherNames == 0 ? string.Empty : FormattableString.Invariant($" <span class=\"others\">+{entry.OtherNames}</span>");
        _page.Append(CultureInfo.InvariantCulture, $"""
            <tr class="{Class(entry.State)}"><th scope="row"><bdi>{Safe(entry.Name)}</bdi>{others}</th><td><b class="{Class(entry.State)}">{entry.State}</b></td><td>{Time(entry.NotBefore)}</td><td>{Time(entry.RenewAfter)}</td><td>{Time(entry.Expires)}</td><td class="chart"><svg class="bar" width="100%" height="28" role="img" aria-label="{Safe(Spoken(entry))}">
            """);
        foreach (var mark in AxisMark.On(_timeline.Axis, AxisCells))
        {
            _page.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Percent(mark.Time)}\" x2=\"{Percent(mark.Time)}\" y1=\"0\" y2=\"100%\"/>");
        }

        WriteLife(entry);
        var now = Percent(_timeline.Now);
        _page.Append(CultureInfo.InvariantCulture, $"<line class=\"now\" x1=\"{now}\" x2=\"{now}\" y1=\"0\" y2=\"100%\"/></svg></td></tr>\n");
    }

    private void WriteLife(TimelineEntry entry)
    {
        if (entry.Expires is not { } expires)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<text x=\"{Percent(_timeline.Now)}\" dx=\"8\" y=\"18\">no certificate yet</text>");
            return;
        }

        var axis = _timeline.Axis;
        var (begin, end) = (Math.Min(axis.Position(entry.NotBefore ?? axis.From), axis.Position(expires)), axis.Position(expires));
        var renew = entry.State == TimelineState.Revoked || entry.RenewAfter is not { } renewAfter ? end : Math.Clamp(axis.Position(renewAfter), begin, end);
        WriteRect("valid", begin, renew);
        WriteRect("window", renew, end);
        if (entry.State != TimelineState.Revoked && entry.RenewAfter is { } mark && mark >= axis.From && mark <= axis.To)
        {
            WriteSign("renew", renew, "M0 8l6 6-6 6-6-6z");
        }

        if (expires < axis.From)
        {
            WriteSign("beyond", 0, "M8 9l-7 5 7 5z");
        }
        else if (expires > axis.To)
        {
            WriteSign("beyond", 1, "M-8 9l7 5-7 5z");
        }
        else if (entry.HasEnded)
        {
            WriteSign("end", end, "M-5 9l10 10m0-10l-10 10");
        }
    }

    private void WriteRect(string kind, double begin, double end)
    {
        if (end > begin)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{Percent(begin)}\" y=\"9\" width=\"{Percent(end - begin)}\" height=\"10\"/>");
        }
    }

    // A path has no percentages; the svg around it has.
    private void WriteSign(string kind, double at, string path) =>
        _page.Append(CultureInfo.InvariantCulture, $"<svg x=\"{Percent(at)}\" overflow=\"visible\"><path class=\"{kind}\" d=\"{path}\"/></svg>");

    private string Spoken(TimelineEntry entry)
    {
        var expires = entry.Expires is { } end ? $"{(end > _timeline.Now ? "expires" : "expired")} {RelativeTime.Between(end, _timeline.Now)}" : "no certificate yet";
        var renewal = entry is { RenewAfter: { } renew, HasEnded: false } ? $", renewal window {(renew > _timeline.Now ? "begins" : "began")} {RelativeTime.Between(renew, _timeline.Now)}" : string.Empty;
        return $"{entry.Name}: {entry.State}, {expires}{renewal}";
    }

    private string Percent(DateTimeOffset time) => Percent(_timeline.Axis.Position(time));

    private static string Percent(double position) => (position * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private static string Time(DateTimeOffset? time) => time is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{known.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\">{known.UtcDateTime:yyyy-MM-dd HH:mm}</time>")
        : "–";

    private static string Class(TimelineState state) => state switch
    {
        TimelineState.Ready => "good",
        TimelineState.Due or TimelineState.Pending => "warning",
        _ => "error",
    };

    private static string Safe(string text) => WebUtility.HtmlEncode(CellText.Safe(text, '\uFFFD', ascii: false));
}
