namespace ConvoxSsl;

/// <summary>Why a certificate is revoked (RFC 5280 section 5.3.1).</summary>
public enum RevocationReason
{
    /// <summary>No reason is given.</summary>
    Unspecified,

    /// <summary>The private key may be known to others.</summary>
    KeyCompromise,

    /// <summary>The names or the organization changed.</summary>
    AffiliationChanged,

    /// <summary>A newer certificate took its place.</summary>
    Superseded,

    /// <summary>The service is gone.</summary>
    CessationOfOperation,
}
