using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>What was measured so far, told on the console as it comes.</summary>
internal sealed class RowTable
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _leftOut = [];

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>What could not be measured, and why.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    public void Add(Row row)
    {
        _rows.Add(row);
        Console.WriteLine(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{row.Work}: {row.Peer}: {row.Wall.TotalSeconds:F3} s"));
    }

    public void LeaveOut(string what)
    {
        _leftOut.Add(what);
        Console.WriteLine("Left out: " + what);
    }

    /// <summary>The row of a work and a peer; null where it was not measured.</summary>
    public Row? Find(string work, string peer) => _rows.Find(r => r.Work == work && r.Peer == peer);
}
