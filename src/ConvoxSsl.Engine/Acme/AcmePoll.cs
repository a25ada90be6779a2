namespace ConvoxSsl.Engine.Acme;

/// <summary>How long to wait between two looks at a resource that the CA is working on (RFC 8555 section 7.5.1).</summary>
internal sealed class AcmePoll(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // More than any CA asks for, and less than timers take or a clock that is set back makes of it.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);
    private TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The CA's Retry-After if there is one, else a pause that grows by half each time.</summary>
    public TimeSpan Next(DateTimeOffset? retryAt)
    {
        var own = _pause;
        _pause = own * 1.5 < Longest ? own * 1.5 : Longest;
        if (retryAt is not { } at)
        {
            return own;
        }

        var asked = at - time.GetUtcNow();
        return asked <= TimeSpan.Zero ? own : asked < LongestAsked ? asked : LongestAsked;
    }
}
