using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Http;

/// <summary>The delays between the attempts of one request: the server's Retry-After, else a jittered exponential backoff.</summary>
/// <param name="policy">The limits.</param>
/// <param name="time">The clock.</param>
public sealed class RetryDelay(RetryPolicy policy, TimeProvider time)
{
    private TimeSpan _total;

    /// <summary>The number of retries that <see cref="Next"/> has granted.</summary>
    public int Retries { get; private set; }

    /// <summary>Gets the delay before the next retry; null if the request must not be retried any more.</summary>
    /// <param name="retryAt">The time that the server's Retry-After names; null if the response has none.</param>
    public TimeSpan? Next(DateTimeOffset? retryAt)
    {
        if (Retries >= policy.MaxRetries || Delay(retryAt) is not { } delay || _total + delay > policy.MaxTotalDelay)
        {
            return null;
        }

        Retries++;
        _total += delay;
        return delay;
    }

    private TimeSpan? Delay(DateTimeOffset? retryAt)
    {
        if (retryAt is not { } at)
        {
            // Jitter keeps clients that failed together from retrying together.
            return policy.FirstDelay * Math.Pow(2, Retries) * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 1000.0));
        }

        var delay = at - time.GetUtcNow();
        if (delay > policy.MaxRetryAfter)
        {
            return policy.CapsRetryAfter ? policy.MaxRetryAfter : null;
        }

        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }
}
