using System.Globalization;

namespace ConvoxSsl.Engine;

/// <summary>Formats time spans for messages: <c>10 minutes</c>, <c>1 hour 30 minutes</c>, <c>0.5 seconds</c>.</summary>
public static class DurationText
{
    /// <summary>Formats a time span with the units that it needs. Fractions of seconds are shown below one minute only.</summary>
    /// <param name="span">The time span.</param>
    public static string Format(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            // The smallest value has no positive counterpart.
            return $"-{Format(span == TimeSpan.MinValue ? TimeSpan.MaxValue : -span)}";
        }

        if (span < TimeSpan.FromMinutes(1))
        {
            return Count(Math.Round(span.TotalSeconds, 3), "second");
        }

        var parts = new[] { (span.Days, "day"), (span.Hours, "hour"), (span.Minutes, "minute"), (span.Seconds, "second") };
        return string.Join(' ', parts.Where(part => part.Item1 > 0).Select(part => Count(part.Item1, part.Item2)));
    }

    /// <summary>Formats a number of units: <c>1 hour</c>, <c>2 hours</c>.</summary>
    internal static string Count(double amount, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{amount} {unit}{(amount == 1 ? string.Empty : "s")}");
}
