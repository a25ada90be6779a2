namespace ConvoxSsl.Manifests;

/// <summary>The statuses of a service's certificate.</summary>
public enum ServiceCertificateStatus
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
