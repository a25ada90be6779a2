namespace ConvoxSsl.Bench.Measuring;

/// <summary>A work as one peer does it, measured some times.</summary>
/// <param name="Work">The work, such as <c>100 certificates, http-01</c>.</param>
/// <param name="Peer">Who does it, and how.</param>
/// <param name="Samples">The measurements.</param>
/// <param name="Count">How many certificates each of them is about; ratios are by certificate.</param>
/// <param name="Note">What a reader must know of this row.</param>
internal sealed record Row(string Work, string Peer, IReadOnlyList<Sample> Samples, int Count = 1, string Note = "")
{
    /// <summary>The median of the wall times.</summary>
    public TimeSpan Wall => Median(s => s.Wall.TotalMilliseconds) is { } ms ? TimeSpan.FromMilliseconds(ms) : TimeSpan.Zero;

    /// <summary>That for one certificate.</summary>
    public TimeSpan WallEach => Wall / Count;

    /// <summary>The median of something that is measured; null where it was not.</summary>
    public double? Median(Func<Sample, double?> value)
    {
        var sorted = Samples.Select(value).OfType<double>().Order().ToArray();
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
