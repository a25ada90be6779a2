namespace ConvoxSsl.Timeline;

/// <summary>The state of a certificate in a timeline.</summary>
public enum TimelineState
{
    /// <summary>The certificate can be used and is not due for renewal.</summary>
    Ready,

    /// <summary>The certificate can be used and its renewal window has begun.</summary>
    Due,

    /// <summary>The issuance is in progress.</summary>
    Pending,

    /// <summary>The issuance failed.</summary>
    Failed,

    /// <summary>The certificate has expired.</summary>
    Expired,

    /// <summary>The certificate was revoked.</summary>
    Revoked,
}

/// <summary>A certificate as a row of a timeline.</summary>
public sealed record TimelineEntry
{
    /// <summary>The first name: foreign input that is sanitized before it is drawn.</summary>
    public required string Name { get; init; }

    /// <summary>The number of names after the first.</summary>
    public int OtherNames { get; init; }

    /// <summary>The state.</summary>
    public required TimelineState State { get; init; }

    /// <summary>The beginning of validity.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of validity; null without a certificate.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The beginning of the renewal window.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>True if the certificate has expired or was revoked.</summary>
    public bool HasEnded => State is TimelineState.Expired or TimelineState.Revoked;
}
