namespace ConvoxSsl;

/// <summary>What <c>Update-ConvoxCertificate</c> did about one certificate.</summary>
public sealed record ConvoxRenewal
{
    /// <summary>The certificate's id.</summary>
    public required string Id { get; init; }

    /// <summary>The certificate's first name.</summary>
    public required string Domain { get; init; }

    /// <summary>What came of it.</summary>
    public required ConvoxRenewalResult Result { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>End of validity of the certificate in use, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it is due next, in UTC.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>Until when a certificate that is <c>Waiting</c> or <c>Failed</c> is left alone, in UTC; empty where somebody has to act.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>The certificate in use.</summary>
    public ConvoxCertificate? Certificate { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>What came of a renewal.</summary>
public enum ConvoxRenewalResult
{
    /// <summary>There is a new version.</summary>
    Renewed,

    /// <summary>It is not due.</summary>
    NotDue,

    /// <summary>It failed; the version in use stays. An error says why.</summary>
    Failed,

    /// <summary>Somebody must act, or some time must pass, before it can go on.</summary>
    Waiting,
}
