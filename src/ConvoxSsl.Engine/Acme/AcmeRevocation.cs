using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Why a certificate is revoked: the reason codes that ACME clients may send (RFC 5280 section 5.3.1).</summary>
public enum RevocationReason
{
    /// <summary>No reason is given.</summary>
    Unspecified = 0,

    /// <summary>The private key may be known to others.</summary>
    KeyCompromise = 1,

    /// <summary>The names or the organization changed.</summary>
    AffiliationChanged = 3,

    /// <summary>A newer certificate took its place.</summary>
    Superseded = 4,

    /// <summary>The service is gone.</summary>
    CessationOfOperation = 5,
}

internal sealed record RevocationRequest(
    [property: JsonPropertyName("certificate")] string Certificate,
    [property: JsonPropertyName("reason")] int Reason);
