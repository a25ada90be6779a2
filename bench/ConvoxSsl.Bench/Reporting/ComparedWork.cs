using System.Globalization;
using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>A work that two builds did in turn.</summary>
/// <param name="Title">The name in the report.</param>
/// <param name="Empty">The same process without the module.</param>
/// <param name="Earlier">The earlier build.</param>
/// <param name="Current">This build.</param>
internal sealed record ComparedWork(string Title, Row Empty, Row Earlier, Row Current)
{
    /// <summary>The time above the empty process, against that of the earlier build.</summary>
    public double Ratio => (Current.Wall - Empty.Wall) / (Earlier.Wall - Empty.Wall);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Title}
          {Cells(Empty)}
          {Cells(Earlier)}, {Above(Earlier):F3} above it
          {Cells(Current)}, {Above(Current):F3} above it
          ratio         {Ratio:F2}

        """);

    private double Above(Row row) => (row.Wall - Empty.Wall).TotalSeconds;

    private static string Cells(Row row)
    {
        var (least, most) = (row.Samples.Min(s => s.Wall).TotalSeconds, row.Samples.Max(s => s.Wall).TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{row.Peer,-13} {row.Wall.TotalSeconds:F3} s [{least:F3} to {most:F3}]");
    }
}
