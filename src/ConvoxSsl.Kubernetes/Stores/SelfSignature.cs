using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Verifies that a certificate was signed with its own key (RFC 5280 section 4.1).</summary>
internal static class SelfSignature
{
    /// <summary>True if the certificate's issuer is its subject and its own key verifies its signature.</summary>
    public static bool Verifies(X509Certificate2 certificate)
    {
        if (!certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
            || HashOf(certificate.SignatureAlgorithm.Value) is not { } hash)
        {
            return false;
        }

        try
        {
            var parts = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            var signed = parts.ReadEncodedValue().Span;
            parts.ReadEncodedValue();
            var signature = parts.ReadBitString(out _);
            using var rsa = certificate.GetRSAPublicKey();
            using var ecdsa = certificate.GetECDsaPublicKey();
            return rsa?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1)
                ?? ecdsa?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence)
                ?? false;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    // RFC 8017 appendix A.2.4 and RFC 5758 section 3.2.
    private static HashAlgorithmName? HashOf(string? signatureAlgorithm) => signatureAlgorithm switch
    {
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => HashAlgorithmName.SHA1,
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
