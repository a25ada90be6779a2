using System.Globalization;
using System.Net;
using System.Text;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Timeline;

/// <summary>A timeline as a self-contained HTML page: well-formed XML without scripts or network requests.</summary>
public sealed class TimelinePage
{
    // The approximate width of the axis in characters on a small screen, which decides how many labels fit.
    private const int AxisCells = 60;

    private readonly ExpiryTimeline _timeline;
    private readonly StringBuilder _page = new();

    private TimelinePage(ExpiryTimeline timeline) => _timeline = timeline;

    /// <summary>Draws the page.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="title">The title of the page.</param>
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
            <title>{Encode(title)}</title>
            <style>
            {TimelineStyle.Text}
            </style>
            </head>
            <body>
            <main>
            <h1>{Encode(title)}</h1>
            <p>{CreateSummary()}</p>

            """);
        if (_timeline.Entries.Count > 0)
        {
            WriteTable();
        }

        foreach (var sentence in _timeline.GetRemainder("…"))
        {
            _page.Append(CultureInfo.InvariantCulture, $"<p>{Encode(sentence)}</p>\n");
        }

        _page.Append("</main>\n</body>\n</html>\n");
    }

    private string CreateSummary()
    {
        if (_timeline.Entries.Count == 0)
        {
            return $"{Encode(_timeline.EmptyMessage)} {FormatTime(_timeline.Now)} UTC";
        }

        var counts = _timeline.Entries.GroupBy(entry => entry.State).OrderBy(group => group.Key)
            .Select(group => FormattableString.Invariant($"<b class=\"{GetClass(group.Key)}\">{group.Count()} {group.Key}</b>"));
        return $"As of {FormatTime(_timeline.Now)} UTC: {string.Join(", ", counts)}.";
    }

    private void WriteTable()
    {
        _page.Append(CultureInfo.InvariantCulture, $"""
            <svg class="definitions" width="0" height="0" aria-hidden="true"><defs>
            <pattern id="window" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="stripe" width="3" height="6"/></pattern>
            </defs></svg>
            <p class="legend" aria-hidden="true">
            <span><svg width="24" height="12"><rect class="valid" y="2" width="24" height="8"/></svg> valid</span>
            <span><svg width="24" height="12"><rect class="window" y="2" width="24" height="8"/></svg> renewal window</span>
            <span><svg width="12" height="12"><path class="renew" d="M6 0l5 6-5 6-5-6z"/></svg> renewal due</span>
            <span><svg width="12" height="12"><path class="end" d="M2 2l8 8m0-8l-8 8"/></svg> expired or revoked</span>
            <span><svg width="4" height="12"><rect class="now" x="1" width="2" height="12"/></svg> now</span>
            </p>
            <div class="scroll" role="region" aria-label="Certificates by expiry" tabindex="0"><table>
            <caption>Certificates by expiry; all times are UTC</caption>
            <thead><tr><th scope="col">Name</th><th scope="col">Status</th>
            """);
        WriteAxis();
        _page.Append("<th scope=\"col\">Expires</th><th scope=\"col\">Renew after</th><th scope=\"col\">Valid from</th></tr></thead>\n")
            .Append("<tbody>\n");
        foreach (var entry in _timeline.Entries)
        {
            WriteRow(entry);
        }

        _page.Append("</tbody>\n</table></div>\n");
    }

    private void WriteAxis()
    {
        _page.Append("<th scope=\"col\" class=\"chart\"><span class=\"spoken\">Timeline</span><div class=\"axis\" aria-hidden=\"true\">");
        foreach (var mark in AxisMark.CreateAll(_timeline.Axis, AxisCells).Where(mark => _timeline.Axis.GetPosition(mark.Time) < 0.93))
        {
            _page.Append(CultureInfo.InvariantCulture, $"<span style=\"left:{ToPercent(mark.Time)}\">{mark.Label}</span>");
        }

        _page.Append("</div></th>");
    }

    private void WriteRow(TimelineEntry entry)
    {
        var others = entry.OtherNames == 0
            ? string.Empty
            : FormattableString.Invariant($" <span class=\"others\">+{entry.OtherNames}</span>");
        _page.Append(CultureInfo.InvariantCulture, $"""
            <tr class="{GetClass(entry.State)}"><th scope="row"><bdi>{Encode(entry.Name)}</bdi>{others}</th><td><b>{entry.State}</b></td>
            <td class="chart"><svg class="bar" role="img" aria-label="{Encode(Describe(entry))}">
            """);
        foreach (var mark in AxisMark.CreateAll(_timeline.Axis, AxisCells))
        {
            WriteLine("grid", mark.Time);
        }

        // Positioned from the middle, because a long name makes a row higher.
        _page.Append("<svg y=\"50%\" overflow=\"visible\">");
        WriteLife(entry);
        _page.Append("</svg>");
        WriteLine("now", _timeline.Now);
        _page.Append("</svg></td>");
        foreach (var time in new[] { entry.Expires, entry.RenewAfter, entry.NotBefore })
        {
            _page.Append(CultureInfo.InvariantCulture, $"<td>{FormatTime(time)}</td>");
        }

        _page.Append("</tr>\n");
    }

    private void WriteLife(TimelineEntry entry)
    {
        if (entry.Expires is not { } expires)
        {
            var x = ToPercent(_timeline.Now);
            _page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" dx=\"8\" y=\"4\">no certificate yet</text>");
            return;
        }

        var axis = _timeline.Axis;
        var (begin, end) = (Math.Min(axis.GetPosition(entry.NotBefore ?? axis.From), axis.GetPosition(expires)), axis.GetPosition(expires));
        if (entry.State == TimelineState.Revoked)
        {
            WriteRect("revoked", begin, end);
        }
        else
        {
            var renew = entry.RenewAfter is { } renewAfter ? Math.Clamp(axis.GetPosition(renewAfter), begin, end) : end;
            WriteRect("valid", begin, renew);
            WriteRect("window", renew, end);
            WriteSymbol("renew", renew, "M0 -6l6 6-6 6-6-6z", when: entry.RenewAfter >= axis.From && entry.RenewAfter <= axis.To);
        }

        WriteSymbol("beyond", 0, "M0 -8l-9 8 9 8z", when: expires < axis.From);
        WriteSymbol("beyond", 1, "M0 -8l9 8-9 8z", when: expires > axis.To);
        WriteSymbol("end", end, "M-5 -5l10 10m0-10l-10 10", when: entry.HasEnded && expires >= axis.From && expires <= axis.To);
    }

    private void WriteRect(string kind, double begin, double end)
    {
        if (end > begin)
        {
            var (x, width) = (ToPercent(begin), ToPercent(end - begin));
            _page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x}\" y=\"-5\" width=\"{width}\" height=\"10\"/>");
        }
    }

    private void WriteLine(string kind, DateTimeOffset time)
    {
        var x = ToPercent(time);
        _page.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"100%\"/>");
    }

    // A path takes no percentages, but the svg element around it does.
    private void WriteSymbol(string kind, double at, string path, bool when)
    {
        if (when)
        {
            var x = ToPercent(at);
            _page.Append(CultureInfo.InvariantCulture, $"<svg x=\"{x}\" overflow=\"visible\"><path class=\"{kind}\" d=\"{path}\"/></svg>");
        }
    }

    private string Describe(TimelineEntry entry)
    {
        var expires = entry.Expires is { } end
            ? $"{(end > _timeline.Now ? "expires" : "expired")} {RelativeTime.Between(end, _timeline.Now)}"
            : "no certificate yet";
        var renewal = entry is { RenewAfter: { } renew, HasEnded: false }
            ? $", renewal window {(renew > _timeline.Now ? "begins" : "began")} {RelativeTime.Between(renew, _timeline.Now)}"
            : string.Empty;
        return $"{entry.Name}: {entry.State}, {expires}{renewal}";
    }

    private string ToPercent(DateTimeOffset time) => ToPercent(_timeline.Axis.GetPosition(time));

    private static string ToPercent(double position) => (position * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private static string FormatTime(DateTimeOffset? time) => time?.UtcDateTime is { } utc
        ? string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{utc:yyyy-MM-ddTHH:mm:ssZ}\">{utc:yyyy-MM-dd HH:mm}</time>")
        : "–";

    private static string GetClass(TimelineState state) => state switch
    {
        TimelineState.Ready => "good",
        TimelineState.Due or TimelineState.Pending => "warning",
        _ => "error",
    };

    private static string Encode(string text) => WebUtility.HtmlEncode(CellText.Sanitize(text, '\uFFFD', ascii: false));
}
