using System.Globalization;
using System.Net.Http.Headers;

namespace ConvoxSsl.Engine.Http;

/// <summary>Parses the Retry-After header (RFC 9110 section 10.2.3): seconds, or a date.</summary>
public static class RetryAfterHeader
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(366);

    /// <summary>Reads the header of a response.</summary>
    /// <param name="headers">The response's headers.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The time, never before <paramref name="now"/>; null if the header is missing or not valid.</returns>
    public static DateTimeOffset? Read(HttpResponseHeaders headers, DateTimeOffset now) =>
        Parse(headers.TryGetValues("Retry-After", out var values) ? values.First() : null, now);

    /// <summary>Parses a header's value.</summary>
    /// <param name="value">The value, or null.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The time, never before <paramref name="now"/>; null if the value is neither seconds nor a date.</returns>
    public static DateTimeOffset? Parse(string? value, DateTimeOffset now)
    {
        if (long.TryParse(value?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return now + (seconds > MaxDelay.TotalSeconds ? MaxDelay : TimeSpan.FromSeconds(seconds));
        }

        if (DateTimeOffset.TryParseExact(value?.Trim(), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return date < now ? now : date - now > MaxDelay ? now + MaxDelay : date;
        }

        return null;
    }
}
