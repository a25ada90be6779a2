namespace ConvoxSsl.Timeline;

/// <summary>What a row of a timeline says of its certificate, in a word.</summary>
public enum TimelineState
{
    /// <summary>It can be used, and is not due for renewal.</summary>
    Ready,

    /// <summary>It can be used, and its renewal window has begun.</summary>
    Due,

    /// <summary>Its issuance has begun and not ended.</summary>
    Pending,

    /// <summary>Its issuance failed.</summary>
    Failed,

    /// <summary>Its validity has ended.</summary>
    Expired,

    /// <summary>It was revoked.</summary>
    Revoked,
}

/// <summary>A certificate as a row of a timeline.</summary>
public sealed record TimelineEntry
{
    /// <summary>Its first name; foreign input, and not fit for a terminal or a page as it is.</summary>
    public required string Name { get; init; }

    /// <summary>How many names it has beside the first.</summary>
    public int OtherNames { get; init; }

    /// <summary>What is to be said of it.</summary>
    public required TimelineState State { get; init; }

    /// <summary>Begin of validity.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>End of validity; empty while there is no certificate.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Begin of the renewal window.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>Whether it can't be used any more.</summary>
    public bool HasEnded => State is TimelineState.Expired or TimelineState.Revoked;
}
