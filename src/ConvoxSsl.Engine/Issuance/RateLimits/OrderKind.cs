namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>What an order is to a CA that counts.</summary>
internal enum OrderKind
{
    /// <summary>For a set of names that the CA has no certificate for.</summary>
    New,

    /// <summary>For exactly the names of a certificate that the CA issued before, without naming it.</summary>
    Renewal,

    /// <summary>Names the certificate that it replaces (RFC 9773 section 5).</summary>
    Replacement,
}
