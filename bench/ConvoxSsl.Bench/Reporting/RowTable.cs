using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>Collects the measurements and prints each on the console as it arrives.</summary>
internal sealed class RowTable
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _leftOut = [];

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>The works that could not be measured, with the reasons.</summary>
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

    /// <summary>Finds the row of a work and a peer; null if it was not measured.</summary>
    public Row? Find(string work, string peer) => _rows.Find(r => r.Work == work && r.Peer == peer);
}
