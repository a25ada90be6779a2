using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The identifier of a certificate in renewal information (RFC 9773 section 4.1).</summary>
public static class RenewalIdentifier
{
    /// <summary>Authority key identifier and serial number, each in base64url; null where the certificate has no identifier of its issuer's key.</summary>
    public static string? Of(X509Certificate2 certificate)
    {
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;

        // The serial number's bytes as they stand in the certificate: a leading zero stays.
        return authority is { } key
            ? $"{Base64Url.Encode(key.Span)}.{Base64Url.Encode(certificate.SerialNumberBytes.Span)}"
            : null;
    }
}
