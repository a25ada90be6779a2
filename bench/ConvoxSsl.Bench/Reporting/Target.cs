using System.Globalization;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>A target and the measured value.</summary>
/// <param name="What">The description.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Reached">The measured value; null if it was not measured.</param>
/// <param name="IsMost">True if the limit is a maximum, false if it is a minimum.</param>
internal sealed record Target(string What, double Limit, double? Reached, bool IsMost = true)
{
    /// <summary>True if the target is met or was not measured.</summary>
    public bool IsMissed => Reached is { } reached && (IsMost ? reached > Limit : reached < Limit);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Reached is null ? "not measured" : IsMissed ? "missed" : "met"),-12} {What}: {(Reached is { } r ? r.ToString("G4", CultureInfo.InvariantCulture) : "-")} (at {(IsMost ? "most" : "least")} {Limit})");
}
