using System.Globalization;

namespace ConvoxSsl.Engine;

/// <summary>Time as the Convox CLI tells it: <c>89 days from now</c>, <c>1 year from now</c>, <c>3 hours ago</c>.</summary>
public static class RelativeTime
{
    // As the Convox CLI counts, a year has twelve months of 30 days. It tells weeks and months too; a certificate's life
    // is measured in days, so those are told up to a year.
    private static readonly TimeSpan Year = TimeSpan.FromDays(360);
    private static readonly TimeSpan OneAndAHalfYears = Year * 1.5;

    /// <summary>The text for a time seen from now; empty where there is no time.</summary>
    /// <param name="time">The time.</param>
    public static string Of(DateTimeOffset? time) => time is { } known ? Between(known, TimeProvider.System.GetUtcNow()) : string.Empty;

    /// <summary>The text for a time seen from another.</summary>
    /// <param name="time">The time.</param>
    /// <param name="now">Where it is seen from.</param>
    public static string Between(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = (time - now).Duration();
        return distance < TimeSpan.FromSeconds(1) ? "now" : $"{Measure(distance)} {(time < now ? "ago" : "from now")}";
    }

    // Rounded down, but for the second half of the second year.
    private static string Measure(TimeSpan distance) => distance switch
    {
        _ when distance < TimeSpan.FromMinutes(1) => Count(distance.TotalSeconds, "second"),
        _ when distance < TimeSpan.FromHours(1) => Count(distance.TotalMinutes, "minute"),
        _ when distance < TimeSpan.FromDays(1) => Count(distance.TotalHours, "hour"),
        _ when distance < Year => Count(distance.TotalDays, "day"),
        _ when distance < OneAndAHalfYears => "1 year",
        _ when distance < 2 * Year => "2 years",
        _ => Count(distance / Year, "year"),
    };

    private static string Count(double amount, string unit)
    {
        var whole = (long)amount;
        return string.Create(CultureInfo.InvariantCulture, $"{whole} {unit}{(whole == 1 ? string.Empty : "s")}");
    }
}
