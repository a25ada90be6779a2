using System.Globalization;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>A bound and the value that was measured.</summary>
/// <param name="What">The description.</param>
/// <param name="Limit">The bound.</param>
/// <param name="Reached">The measured value; null if it was not measured.</param>
/// <param name="IsMost">True if the bound is a maximum, false if it is a minimum.</param>
internal sealed record Target(string What, double Limit, double? Reached, bool IsMost = true)
{
    /// <summary>True unless the measured value misses the bound.</summary>
    public bool IsMissed => Reached is { } reached && (IsMost ? reached > Limit : reached < Limit);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Reached is null ? "not measured" : IsMissed ? "missed" : "met"),-12} {What}: "
            + $"{(Reached is { } r ? r.ToString("G4", CultureInfo.InvariantCulture) : "-")} (at {(IsMost ? "most" : "least")} {Limit})");
}
