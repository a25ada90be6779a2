using System.Net;

namespace ConvoxSsl.Engine.Http;

/// <summary>The limits within which a request is retried.</summary>
public sealed record RetryPolicy
{
    /// <summary>The maximum number of retries after the first attempt.</summary>
    public required int MaxRetries { get; init; }

    /// <summary>The delay before the first retry. It doubles with each retry and is jittered by half.</summary>
    public required TimeSpan FirstDelay { get; init; }

    /// <summary>The maximum Retry-After that is obeyed.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.MaxValue;

    /// <summary>True to retry after <see cref="MaxRetryAfter"/> if the server asks for more; false to give up then.</summary>
    public bool CapsRetryAfter { get; init; }

    /// <summary>The maximum sum of a request's delays.</summary>
    public TimeSpan MaxTotalDelay { get; init; } = TimeSpan.MaxValue;

    /// <summary>True if a later attempt may succeed: 429 and all 5xx (RFC 6585 section 4, RFC 9110 section 15.6).</summary>
    /// <param name="status">The status of a response.</param>
    public static bool IsTransient(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests || (int)status >= 500;
}
