namespace ConvoxSsl.Bench.Measuring;

/// <summary>The measurements of one work by one peer.</summary>
/// <param name="Work">The work, such as <c>100 certificates, http-01</c>.</param>
/// <param name="Peer">The peer and the way it works.</param>
/// <param name="Samples">The measurements.</param>
/// <param name="Count">The number of certificates in each measurement; ratios are per certificate.</param>
/// <param name="Note">A remark for the reader.</param>
internal sealed record Row(string Work, string Peer, IReadOnlyList<Sample> Samples, int Count = 1, string Note = "")
{
    /// <summary>The median of the elapsed times.</summary>
    public TimeSpan Wall => Median(s => s.Wall.TotalMilliseconds) is { } ms ? TimeSpan.FromMilliseconds(ms) : TimeSpan.Zero;

    /// <summary>The median of the elapsed times per certificate.</summary>
    public TimeSpan WallEach => Wall / Count;

    /// <summary>The median of a measured value; null if it was not measured.</summary>
    public double? Median(Func<Sample, double?> value)
    {
        var sorted = Samples.Select(value).OfType<double>().Order().ToArray();
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
