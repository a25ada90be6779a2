using System.Globalization;
using System.Text;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>Writes the report as text: the machine, a table for each work, the targets.</summary>
internal static class TextReport
{
    private static readonly CompositeFormat s_line = CompositeFormat.Parse("{0,-36} {1,5} {2,9} {3,21} {4,9} {5,6} {6,6} {7,9} {8,8}  {9}");

    public static string Write(RowTable table, IReadOnlyList<Target> targets, string machine)
    {
        var text = new StringBuilder(machine).AppendLine().AppendLine(
            "Wall times are medians, in seconds; min and max beside them. CPU and peak memory are the client's, CA and provider apart.")
                .AppendLine(
            "Certificates: how many one measurement is about. Ratio: wall time by certificate, against ConvoxSsl on the same work.")
                .AppendLine();
        foreach (var work in table.Rows.GroupBy(r => r.Work))
        {
            text.AppendLine(work.Key).AppendLine(string.Format(
                CultureInfo.InvariantCulture, s_line, "  who", "certs", "wall", "min-max", "CPU", "MiB", "ACME", "provider", "ratio", "")
                    .TrimEnd());
            var ours = table.Find(work.Key, ConvoxSslPeer.PeerName);
            foreach (var row in work)
            {
                text.AppendLine(Cells(row, ours).TrimEnd());
            }

            text.AppendLine();
        }

        foreach (var reason in table.LeftOut)
        {
            text.AppendLine("Left out: " + reason.ReplaceLineEndings(" "));
        }

        text.AppendLine("Targets");
        foreach (var target in targets)
        {
            text.AppendLine("  " + target);
        }

        return text.ToString();
    }

    private static string Cells(Row row, Row? ours) => string.Format(
        CultureInfo.InvariantCulture,
        s_line,
        "  " + row.Peer,
        row.Count,
        Seconds(row.Wall.TotalSeconds),
        $"{Seconds(row.Samples.Min(s => s.Wall).TotalSeconds)}-{Seconds(row.Samples.Max(s => s.Wall).TotalSeconds)} ({row.Samples.Count})",
        row.Median(s => s.Processor?.TotalSeconds) is { } cpu ? Seconds(cpu) : "-",
        row.Median(s => s.PeakMiB) is { } peak ? peak.ToString("F0", CultureInfo.InvariantCulture) : "-",
        Whole(row.Median(s => s.AcmeRequests)),
        Whole(row.Median(s => s.ProviderCalls)),
        ours is null ? "-" : (row.WallEach / ours.WallEach).ToString("F2", CultureInfo.InvariantCulture),
        row.Note);

    private static string Whole(double? number) => number?.ToString("F0", CultureInfo.InvariantCulture) ?? "-";

    private static string Seconds(double seconds) => seconds.ToString(seconds < 0.01 ? "F6" : "F3", CultureInfo.InvariantCulture);
}
