using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Verifies signatures of certificates (RFC 5280 section 4.1.1) without a trust store and without the network.</summary>
internal static class CertificateSignature
{
    private const string Pss = "1.2.840.113549.1.1.10";

    private static readonly Dictionary<string, (bool IsRsa, HashAlgorithmName Hash)> Algorithms = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.1.1.5"] = (true, HashAlgorithmName.SHA1),
        ["1.2.840.113549.1.1.11"] = (true, HashAlgorithmName.SHA256),
        ["1.2.840.113549.1.1.12"] = (true, HashAlgorithmName.SHA384),
        ["1.2.840.113549.1.1.13"] = (true, HashAlgorithmName.SHA512),
        ["1.2.840.10045.4.1"] = (false, HashAlgorithmName.SHA1),
        ["1.2.840.10045.4.3.2"] = (false, HashAlgorithmName.SHA256),
        ["1.2.840.10045.4.3.3"] = (false, HashAlgorithmName.SHA384),
        ["1.2.840.10045.4.3.4"] = (false, HashAlgorithmName.SHA512),
    };

    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Verifies that a certificate was signed with its issuer's key.</summary>
    /// <returns>True or false; null if the algorithm is not supported here.</returns>
    public static bool? Verify(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        try
        {
            var parts = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.BER).ReadSequence();
            var signed = parts.ReadEncodedValue();
            var algorithm = parts.ReadSequence();
            var identifier = algorithm.ReadObjectIdentifier();
            var signature = parts.ReadBitString(out _);
            if (identifier == Pss)
            {
                return ReadPssHash(algorithm) is { } hash
                    ? VerifyRsa(issuer, signed.Span, signature, hash, RSASignaturePadding.Pss)
                    : null;
            }

            return !Algorithms.TryGetValue(identifier, out var known) ? null
                : known.IsRsa ? VerifyRsa(issuer, signed.Span, signature, known.Hash, RSASignaturePadding.Pkcs1)
                : VerifyEcdsa(issuer, signed.Span, signature, known.Hash);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or NotSupportedException)
        {
            // Such as SHA-1, which some systems refuse.
            return null;
        }
    }

    private static bool VerifyRsa(
        X509Certificate2 issuer, ReadOnlySpan<byte> signed, byte[] signature, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var key = issuer.GetRSAPublicKey();
        return key is not null && key.VerifyData(signed, signature, hash, padding);
    }

    private static bool VerifyEcdsa(X509Certificate2 issuer, ReadOnlySpan<byte> signed, byte[] signature, HashAlgorithmName hash)
    {
        using var key = issuer.GetECDsaPublicKey();
        return key is not null && key.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    // RFC 4055 section 3.1. .NET verifies only signatures whose salt is as long as the hash; null for others.
    private static HashAlgorithmName? ReadPssHash(AsnReader algorithm)
    {
        var parameters = algorithm.ReadSequence();
        var hashTag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        var saltTag = new Asn1Tag(TagClass.ContextSpecific, 2, isConstructed: true);
        string? hash = null;
        var saltLength = 20;
        while (parameters.HasData)
        {
            var tag = parameters.PeekTag();
            if (tag.HasSameClassAndValue(hashTag))
            {
                hash = parameters.ReadSequence(hashTag).ReadSequence().ReadObjectIdentifier();
            }
            else if (tag.HasSameClassAndValue(saltTag))
            {
                saltLength = (int)parameters.ReadSequence(saltTag).ReadInteger();
            }
            else
            {
                parameters.ReadEncodedValue();
            }
        }

        return hash is not null && Hashes.TryGetValue(hash, out var known) && saltLength == GetLength(known) ? known : null;
    }

    private static int GetLength(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes
        : hash == HashAlgorithmName.SHA384 ? SHA384.HashSizeInBytes
        : SHA512.HashSizeInBytes;
}
