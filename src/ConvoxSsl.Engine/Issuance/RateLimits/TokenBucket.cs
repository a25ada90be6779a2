namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>
/// A limit as CAs count it: so many at once, and one more whenever the interval has passed. Only the time at which the
/// bucket is full again needs to be kept (the generic cell rate algorithm).
/// </summary>
/// <param name="Capacity">How many are allowed at once; at least 1.</param>
/// <param name="Refill">How long it takes until one more is allowed.</param>
public sealed record TokenBucket(int Capacity, TimeSpan Refill)
{
    /// <summary>How long an empty bucket takes to be full again.</summary>
    public TimeSpan Window => Capacity * Refill;

    /// <summary>How many are left.</summary>
    /// <param name="fullAgain">When the bucket is full again; in the past where it is.</param>
    /// <param name="now">The time.</param>
    public int GetRemaining(DateTimeOffset fullAgain, DateTimeOffset now) => (int)Math.Clamp((Window - (fullAgain - now)).Ticks / Refill.Ticks, 0, Capacity);

    /// <summary>When the next one is allowed: now, unless the bucket is empty.</summary>
    /// <inheritdoc cref="GetRemaining"/>
    public DateTimeOffset GetNextTime(DateTimeOffset fullAgain, DateTimeOffset now)
    {
        var next = fullAgain - (Window - Refill);
        return next > now ? next : now;
    }

    /// <summary>
    /// When the bucket is full again after one more is taken. One that is empty stays empty: the CA allowed what was
    /// taken, so it counted less.
    /// </summary>
    /// <inheritdoc cref="GetRemaining"/>
    public DateTimeOffset Take(DateTimeOffset fullAgain, DateTimeOffset now)
    {
        var after = (fullAgain > now ? fullAgain : now) + Refill;
        return after - now > Window ? now + Window : after;
    }
}
