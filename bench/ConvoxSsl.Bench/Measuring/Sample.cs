namespace ConvoxSsl.Bench.Measuring;

/// <summary>One measurement of a work. A value is null if it could not be measured.</summary>
/// <param name="Wall">The elapsed time.</param>
/// <param name="Processor">The processor time of all processes involved, except the CA's and the DNS provider's.</param>
/// <param name="PeakMiB">The peak memory of the largest process.</param>
/// <param name="AcmeRequests">The number of requests to the CA.</param>
/// <param name="ProviderCalls">The number of requests to the DNS provider.</param>
internal sealed record Sample(
    TimeSpan Wall, TimeSpan? Processor = null, double? PeakMiB = null, int? AcmeRequests = null, int? ProviderCalls = null)
{
    /// <summary>The number of provider requests that change something, if they were counted separately.</summary>
    public int? WritingCalls { get; init; }

    /// <summary>The live heap each time another part of a batch was finished; empty if it was not measured.</summary>
    public IReadOnlyList<double> LiveHeapMiB { get; init; } = [];

    /// <summary>The duration of the command itself, without starting its process.</summary>
    public TimeSpan? Command { get; init; }

    /// <summary>The sum of the times that the CA took to respond, if the CA measured them.</summary>
    public TimeSpan? CaTime { get; init; }

    /// <summary>Adds a consecutive measurement.</summary>
    public Sample Then(Sample next) => new(
        Wall + next.Wall,
        Processor + next.Processor,
        Most(PeakMiB, next.PeakMiB),
        AcmeRequests + next.AcmeRequests,
        ProviderCalls + next.ProviderCalls);

    private static double? Most(double? one, double? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;
}
