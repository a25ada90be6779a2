using System.Globalization;
using System.Security;
using System.Text;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>
/// Draws the times per certificate as an SVG: one group of bars, with its own scale, for each work that several peers
/// did.
/// </summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int Left = 230;
    private const int Bar = 18;
    private const int Gap = 30;

    public static string Write(IReadOnlyList<Row> rows)
    {
        var groups = rows.GroupBy(r => r.Work).Where(g => g.Any(r => r.Peer == ConvoxSslPeer.PeerName) && g.Count() > 1).ToList();
        var height = groups.Sum(g => (g.Count() * Bar) + Gap + 10) + 20;
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\""));
        svg.Append(" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        var y = 10;
        foreach (var group in groups)
        {
            y = Group(svg, group.Key, [.. group.OrderBy(r => r.WallEach)], y);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int Group(StringBuilder svg, string title, List<Row> rows, int top)
    {
        svg.Append(Invariant(
            $"<text x=\"10\" y=\"{top + 14}\" font-weight=\"bold\">{SecurityElement.Escape(title)}: seconds for one certificate</text>\n"));
        var (y, longest) = (top + 22, rows.Max(r => r.WallEach));
        foreach (var row in rows)
        {
            var length = Math.Max(1, row.WallEach / longest * (Width - Left - 70));
            var colour = row.Peer.StartsWith(ConvoxSslPeer.PeerName, StringComparison.Ordinal) ? "#1f77b4" : "#b0b0b0";
            svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{SecurityElement.Escape(row.Peer)}</text>"));
            svg.Append(Invariant($"<rect x=\"{Left}\" y=\"{y + 2}\" width=\"{length:F1}\" height=\"{Bar - 4}\" fill=\"{colour}\"/>"));
            svg.Append(Invariant($"<text x=\"{Left + length + 6:F1}\" y=\"{y + 13}\">{row.WallEach.TotalSeconds:F3}</text>\n"));
            y += Bar;
        }

        return y + Gap - 12;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
