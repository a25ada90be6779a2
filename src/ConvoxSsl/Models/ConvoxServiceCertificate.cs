using System.Diagnostics.CodeAnalysis;

namespace ConvoxSsl;

/// <summary>A service of a convox.yml and its certificate.</summary>
public sealed record ConvoxServiceCertificate
{
    /// <summary>The name of the service.</summary>
    public required string Service { get; init; }

    /// <summary>The domains as written in the file. <c>New-ConvoxCertificate</c> accepts them from the pipeline.</summary>
    [SuppressMessage(
        "Performance",
        "CA1819:Properties should not return arrays",
        Justification = "PowerShell binds only an array by property name before it binds the object's text.")]
    public required string[] Domain { get; init; }

    /// <summary>The value of <c>certificate.id</c>; empty if there is none.</summary>
    public string? CertificateId { get; init; }

    /// <summary>The status of the service's certificate.</summary>
    public required ConvoxServiceCertificateStatus Status { get; init; }

    /// <summary>The reason for the status, and the reason for the proposed certificate.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The end of the certificate's validity period, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The ID of a certificate on the rack that covers all domains; empty if the current one does, or none does.</summary>
    public string? ProposedCertificateId { get; init; }

    /// <summary>The value of <c>certificate.duration</c>; empty if there is none.</summary>
    public string? CertificateDuration { get; init; }

    /// <summary>The path of the convox.yml.</summary>
    public required string Path { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Service;
}

/// <summary>The statuses of a service's certificate.</summary>
public enum ConvoxServiceCertificateStatus : long
{
    /// <summary>The certificate is on the rack, is valid, and covers the domains.</summary>
    Ready,

    /// <summary>The service names no certificate, or the rack has none with that ID.</summary>
    Missing,

    /// <summary>The certificate is valid but does not cover all domains.</summary>
    NotCovered,

    /// <summary>The certificate has expired.</summary>
    Expired,

    /// <summary>The certificate is being issued.</summary>
    Pending,

    /// <summary>The issuance of the certificate failed.</summary>
    Failed,

    /// <summary>The certificate was revoked.</summary>
    Revoked,

    /// <summary>The domain or the ID comes from the app's environment, or the rack could not be read.</summary>
    Unknown,

    /// <summary>The service has no domain of its own, so the rack's certificate is used.</summary>
    NoDomain,
}
