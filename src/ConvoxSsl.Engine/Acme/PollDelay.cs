namespace ConvoxSsl.Engine.Acme;

/// <summary>The delays between polls of a resource that the CA is processing (RFC 8555 section 7.5.1).</summary>
/// <param name="transport">Sends the polls.</param>
/// <param name="time">The clock.</param>
/// <param name="deadline">The time limit; null for none.</param>
internal sealed class PollDelay(AcmeTransport transport, TimeProvider time, PollDeadline? deadline)
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    // More than any CA asks for; protects timers from absurd values and from a clock that is set back.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    // Leaves time for the steps that follow the last poll.
    private static readonly TimeSpan MaxTimeAfterLastPoll = TimeSpan.FromSeconds(20);

    private TimeSpan? _delay;
    private bool _isLast;

    /// <summary>True if the CA is known to be done, so that the first poll need not be delayed.</summary>
    public bool IsExpected { get; init; }

    /// <summary>
    /// Gets the next delay: the CA's Retry-After, else one that grows by half each time. If it would end after the time limit, the
    /// last poll comes shortly before the limit: many CAs ask for long delays and are done in seconds.
    /// </summary>
    /// <param name="status">The status of the resource.</param>
    /// <param name="retryAt">The time that Retry-After names; null if the response has none.</param>
    /// <exception cref="PollLimitException">The last poll has been made.</exception>
    public TimeSpan Next(string status, DateTimeOffset? retryAt)
    {
        var delay = Next(retryAt);
        if (deadline?.Left is not { } left || delay < left)
        {
            return delay;
        }

        if (_isLast)
        {
            throw new PollLimitException(status, retryAt);
        }

        _isLast = true;
        var last = left - (left / 2 < MaxTimeAfterLastPoll ? left / 2 : MaxTimeAfterLastPoll);
        return last > TimeSpan.Zero ? last : TimeSpan.Zero;
    }

    private TimeSpan Next(DateTimeOffset? retryAt)
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
