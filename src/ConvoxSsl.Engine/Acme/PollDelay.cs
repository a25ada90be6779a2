namespace ConvoxSsl.Engine.Acme;

/// <summary>The delays between polls of a resource that the CA is processing (RFC 8555 section 7.5.1).</summary>
/// <param name="transport">Sends the polls.</param>
/// <param name="time">The clock.</param>
internal sealed class PollDelay(AcmeTransport transport, TimeProvider time)
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    // More than any CA asks for; protects timers from absurd values and from a clock that is set back.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);
    private TimeSpan? _delay;

    /// <summary>True if the CA is known to be done, so that the first poll need not be delayed.</summary>
    public bool IsExpected { get; init; }

    /// <summary>Gets the next delay: the CA's Retry-After, else one that grows by half each time.</summary>
    /// <param name="retryAt">The time that Retry-After names; null if the response has none.</param>
    public TimeSpan Next(DateTimeOffset? retryAt)
    {
        var backoff = _delay ?? First();
        _delay = _delay is null ? DefaultDelay : backoff * 1.5 < MaxDelay ? backoff * 1.5 : MaxDelay;
        if (retryAt is not { } at)
        {
            return backoff;
        }

        // RFC 8555 section 7.5.1: the server may provide a Retry-After header, which clients must obey.
        var retryAfter = at - time.GetUtcNow();
        return retryAfter <= TimeSpan.Zero ? backoff : retryAfter < MaxRetryAfter ? retryAfter : MaxRetryAfter;
    }

    // A fast CA is often done at once. While others are queued, though, a poll in vain would cost one of them its slot.
    private TimeSpan First() =>
        transport.IsBusy ? DefaultDelay
        : IsExpected || transport.RoundTrip < MinDelay ? MinDelay
        : transport.RoundTrip < DefaultDelay ? transport.RoundTrip
        : DefaultDelay;
}
