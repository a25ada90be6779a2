namespace ConvoxSsl.Engine.Issuance.RateLimits;

/// <summary>The kind of an order, which decides the rate limits that it counts towards.</summary>
internal enum OrderKind
{
    /// <summary>An order for a set of names without a certificate from the CA.</summary>
    New,

    /// <summary>An order for exactly the names of an earlier certificate, without naming that certificate.</summary>
    Renewal,

    /// <summary>An order that names the certificate it replaces (RFC 9773 section 5).</summary>
    Replacement,
}
