namespace ConvoxSsl.Engine;

/// <summary>Formats times like the Convox CLI: <c>89 days from now</c>, <c>1 year from now</c>, <c>3 hours ago</c>.</summary>
public static class RelativeTime
{
    // In the Convox CLI a year has twelve months of 30 days. The CLI also uses weeks and months; lifetimes of certificates are
    // given in days, so this uses days up to a year.
    private static readonly TimeSpan Year = TimeSpan.FromDays(360);
    private static readonly TimeSpan OneAndAHalfYears = Year * 1.5;

    /// <summary>Formats a time relative to the current time; an empty text if there is no time.</summary>
    /// <param name="time">The time.</param>
    public static string Of(DateTimeOffset? time) => time is { } value ? Between(value, TimeProvider.System.GetUtcNow()) : string.Empty;

    /// <summary>Formats a time relative to another.</summary>
    /// <param name="time">The time.</param>
    /// <param name="now">The time of reference.</param>
    public static string Between(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = (time - now).Duration();
        return distance < TimeSpan.FromSeconds(1) ? "now" : $"{FormatDistance(distance)} {(time < now ? "ago" : "from now")}";
    }

    // Rounded down, except in the second half of the second year.
    private static string FormatDistance(TimeSpan distance) => distance switch
    {
        _ when distance < TimeSpan.FromMinutes(1) => Count(distance.TotalSeconds, "second"),
        _ when distance < TimeSpan.FromHours(1) => Count(distance.TotalMinutes, "minute"),
        _ when distance < TimeSpan.FromDays(1) => Count(distance.TotalHours, "hour"),
        _ when distance < Year => Count(distance.TotalDays, "day"),
        _ when distance < OneAndAHalfYears => "1 year",
        _ when distance < 2 * Year => "2 years",
        _ => Count(distance / Year, "year"),
    };

    private static string Count(double amount, string unit) => DurationText.Count(Math.Floor(amount), unit);
}
