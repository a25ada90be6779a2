namespace ConvoxSsl.Bench.Measuring;

/// <summary>What doing a work once took; null for what could not be measured.</summary>
/// <param name="Wall">The time that passed.</param>
/// <param name="Processor">The processor time of all processes that took part, without the CA's and the provider's.</param>
/// <param name="PeakMiB">The most memory of one process.</param>
/// <param name="AcmeRequests">What the CA was asked.</param>
/// <param name="ProviderCalls">What the DNS provider was asked.</param>
internal sealed record Sample(
    TimeSpan Wall, TimeSpan? Processor = null, double? PeakMiB = null, int? AcmeRequests = null, int? ProviderCalls = null)
{
    /// <summary>Those of the calls that change something, where they were told apart.</summary>
    public int? WritingCalls { get; init; }

    /// <summary>What lived on the heap each time that a part of a batch was finished; empty where it was not looked at.</summary>
    public IReadOnlyList<double> LiveHeapMiB { get; init; } = [];

    /// <summary>The time of the command alone, without the start of its process.</summary>
    public TimeSpan? Command { get; init; }

    /// <summary>The time from each request's arrival at the CA to its answer, all together, where the CA measured it.</summary>
    public TimeSpan? CaTime { get; init; }

    /// <summary>One after the other.</summary>
    public Sample Then(Sample next) => new(
        Wall + next.Wall,
        Processor + next.Processor,
        Most(PeakMiB, next.PeakMiB),
        AcmeRequests + next.AcmeRequests,
        ProviderCalls + next.ProviderCalls);

    private static double? Most(double? one, double? other) => one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;
}
