namespace ConvoxSsl.Timeline;

/// <summary>What a row of a timeline says of its certificate, in a word.</summary>
internal enum TimelineState
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
internal sealed record TimelineEntry
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

    /// <summary>The row of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The time that tells whether it is due or has expired.</param>
    public static TimelineEntry Of(ConvoxCertificate certificate, DateTimeOffset now) => new()
    {
        Name = certificate.Domain,
        OtherNames = Math.Max(0, certificate.Domains.Count - 1),
        State = StateOf(certificate, now),
        NotBefore = certificate.NotBefore,
        Expires = certificate.Expires,
        RenewAfter = certificate.RenewAfter,
    };

    // The status was true when the certificate was read, which may be long ago.
    private static TimelineState StateOf(ConvoxCertificate certificate, DateTimeOffset now) => certificate.Status switch
    {
        ConvoxCertificateStatus.Revoked => TimelineState.Revoked,
        ConvoxCertificateStatus.Expired => TimelineState.Expired,
        ConvoxCertificateStatus.Failed => TimelineState.Failed,
        ConvoxCertificateStatus.Pending => TimelineState.Pending,
        _ when certificate.Expires <= now => TimelineState.Expired,
        _ when certificate.RenewAfter <= now => TimelineState.Due,
        _ => TimelineState.Ready,
    };
}
