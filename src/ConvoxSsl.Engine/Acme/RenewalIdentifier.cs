using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The identifier of a certificate in renewal information (RFC 9773 section 4.1).</summary>
public static class RenewalIdentifier
{
    /// <summary>Creates the identifier: authority key identifier and serial number, each in base64url, joined by a dot.</summary>
    /// <returns>The identifier; null if the certificate has no authority key identifier.</returns>
    public static string? FromCertificate(X509Certificate2 certificate)
    {
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;

        // RFC 9773 section 4.1: the serial number's DER bytes, including a leading zero.
        return authority is { } key
            ? $"{Base64Url.Encode(key.Span)}.{Base64Url.Encode(certificate.SerialNumberBytes.Span)}"
            : null;
    }
}
