namespace ConvoxSsl.Engine.Issuance.RateLimits.Published;

/// <summary>
/// A rate limit as CAs count it: a burst, and one more after each interval. The refill time captures the whole state of
/// the bucket (generic cell rate algorithm).
/// </summary>
/// <param name="Capacity">The number allowed at once, at least 1.</param>
/// <param name="Refill">The time until one more is allowed.</param>
public sealed record TokenBucket(int Capacity, TimeSpan Refill)
{
    /// <summary>The time that an empty bucket takes to refill.</summary>
    public TimeSpan Window => Capacity * Refill;

    /// <summary>Returns the number that is left.</summary>
    /// <param name="fullAgain">The time at which the bucket is full again; a past time if it is full.</param>
    /// <param name="now">The current time.</param>
    public int GetRemaining(DateTimeOffset fullAgain, DateTimeOffset now) =>
        (int)Math.Clamp((Window - (fullAgain - now)).Ticks / Refill.Ticks, 0, Capacity);

    /// <summary>Returns the time at which the next one is allowed: now, unless the bucket is empty.</summary>
    /// <inheritdoc cref="GetRemaining"/>
    public DateTimeOffset GetNextTime(DateTimeOffset fullAgain, DateTimeOffset now)
    {
        var next = fullAgain - (Window - Refill);
        return next > now ? next : now;
    }

    /// <summary>
    /// Takes one and returns the time at which the bucket is full again. An empty bucket stays empty: the CA accepted the
    /// request, so it must have counted less.
    /// </summary>
    /// <inheritdoc cref="GetRemaining"/>
    public DateTimeOffset Take(DateTimeOffset fullAgain, DateTimeOffset now)
    {
        var after = (fullAgain > now ? fullAgain : now) + Refill;
        return after - now > Window ? now + Window : after;
    }
}
