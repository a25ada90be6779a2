namespace ConvoxSsl;

/// <summary>The reasons for a revocation (RFC 5280 section 5.3.1).</summary>
public enum RevocationReason
{
    /// <summary>No reason is given.</summary>
    Unspecified,

    /// <summary>The private key may be compromised.</summary>
    KeyCompromise,

    /// <summary>The names or the organization changed.</summary>
    AffiliationChanged,

    /// <summary>A newer certificate replaces it.</summary>
    Superseded,

    /// <summary>The service no longer exists.</summary>
    CessationOfOperation,
}
