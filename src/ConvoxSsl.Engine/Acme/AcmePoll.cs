namespace ConvoxSsl.Engine.Acme;

/// <summary>How long to wait between two looks at a resource that the CA is working on (RFC 8555 section 7.5.1).</summary>
/// <param name="transport">What carries the looks.</param>
/// <param name="time">The clock.</param>
internal sealed class AcmePoll(AcmeTransport transport, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // More than any CA asks for, and less than timers take or a clock that is set back makes of it.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);
    private TimeSpan? _pause;

    /// <summary>Whether the CA is known to have done its part, so that the first look may come at once.</summary>
    public bool IsExpected { get; init; }

    /// <summary>The CA's Retry-After if there is one, else a pause that grows by half each time.</summary>
    public TimeSpan Next(DateTimeOffset? retryAt)
    {
        var own = _pause ?? First();
        _pause = _pause is null ? Usual : own * 1.5 < Longest ? own * 1.5 : Longest;
        if (retryAt is not { } at)
        {
            return own;
        }

        var asked = at - time.GetUtcNow();
        return asked <= TimeSpan.Zero ? own : asked < LongestAsked ? asked : LongestAsked;
    }

    // A CA that answers at once is often done at once. Where others wait for their turn, a look in vain would cost them one.
    private TimeSpan First() =>
        transport.IsBusy ? Usual
        : IsExpected || transport.RoundTrip < Shortest ? Shortest
        : transport.RoundTrip < Usual ? transport.RoundTrip
        : Usual;
}
