using System.Globalization;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>What must be reached, and what was.</summary>
/// <param name="What">In words.</param>
/// <param name="Limit">The bound.</param>
/// <param name="Reached">What was measured; null where it was not.</param>
/// <param name="IsMost">Whether the bound is the most that it may be, else the least.</param>
internal sealed record Target(string What, double Limit, double? Reached, bool IsMost = true)
{
    /// <summary>Whether it is met; what was not measured is not missed.</summary>
    public bool IsMissed => Reached is { } reached && (IsMost ? reached > Limit : reached < Limit);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Reached is null ? "not measured" : IsMissed ? "missed" : "met"),-12} {What}: "
            + $"{(Reached is { } r ? r.ToString("G4", CultureInfo.InvariantCulture) : "-")} (at {(IsMost ? "most" : "least")} {Limit})");
}
