using System.Diagnostics.CodeAnalysis;

namespace ConvoxSsl;

/// <summary>A service of a convox.yml, and what it has for a certificate.</summary>
public sealed record ConvoxServiceCertificate
{
    /// <summary>The service's name.</summary>
    public required string Service { get; init; }

    /// <summary>Its domains as they are written; <c>New-ConvoxCertificate</c> takes them from the pipeline.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Only an array is bound by property name before an object's text is.")]
    public required string[] Domain { get; init; }

    /// <summary><c>certificate.id</c>, or empty.</summary>
    public string? CertificateId { get; init; }

    /// <summary>Whether that certificate serves.</summary>
    public required ConvoxServiceCertificateStatus Status { get; init; }

    /// <summary>Why the status is what it is, and what is proposed.</summary>
    public string? StatusReason { get; init; }

    /// <summary>End of validity of the certificate, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>A certificate of the rack that would serve all of the domains, where the one that is named does not.</summary>
    public string? ProposedCertificateId { get; init; }

    /// <summary><c>certificate.duration</c> as it is written, or empty.</summary>
    public string? CertificateDuration { get; init; }

    /// <summary>The convox.yml.</summary>
    public required string Path { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Service;
}

/// <summary>Whether a service's certificate serves.</summary>
public enum ConvoxServiceCertificateStatus
{
    /// <summary>It is on the rack, can be used and covers the domains.</summary>
    Ready,

    /// <summary>The service names none, or the rack has none of that id.</summary>
    Missing,

    /// <summary>It can be used, and does not cover the domains.</summary>
    NotCovered,

    /// <summary>Its validity has ended.</summary>
    Expired,

    /// <summary>Its issuance has begun and not ended.</summary>
    Pending,

    /// <summary>Its issuance failed.</summary>
    Failed,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>Only the environment tells the domain or the id, or the rack could not be asked.</summary>
    Unknown,

    /// <summary>The service has no domain of its own, so that the rack's own certificate serves it.</summary>
    NoDomain,
}
