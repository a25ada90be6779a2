using System.Globalization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Reads Retry-After (RFC 9110 section 10.2.3): seconds, or a date.</summary>
internal static class RetryAfterHeader
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>The moment that is meant, never before <paramref name="now"/>; null where the value is neither form.</summary>
    public static DateTimeOffset? Read(string? value, DateTimeOffset now)
    {
        if (long.TryParse(value?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return now + (seconds > Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds));
        }

        if (DateTimeOffset.TryParseExact(value?.Trim(), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return date < now ? now : date - now > Longest ? now + Longest : date;
        }

        return null;
    }
}
