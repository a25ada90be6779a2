using System.Formats.Asn1;
using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Names the key types and formats that are well known but not accepted, for error messages.</summary>
internal static class KeyFormat
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const string P521 = "1.3.132.0.35";

    private static readonly Dictionary<string, string> Algorithms = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.1.1.10"] = "RSA-PSS",
        ["1.2.840.113549.1.3.1"] = "DH",
        ["1.2.840.10040.4.1"] = "DSA",
        ["1.3.101.110"] = "X25519",
        ["1.3.101.111"] = "X448",
        ["1.3.101.112"] = "Ed25519",
        ["1.3.101.113"] = "Ed448",
        ["2.16.840.1.101.3.4.3.17"] = "ML-DSA-44",
        ["2.16.840.1.101.3.4.3.18"] = "ML-DSA-65",
        ["2.16.840.1.101.3.4.3.19"] = "ML-DSA-87",
    };

    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["CERTIFICATE"] = "a certificate",
        ["X509 CERTIFICATE"] = "a certificate",
        ["TRUSTED CERTIFICATE"] = "a certificate",
        ["CERTIFICATE REQUEST"] = "a certificate signing request",
        ["NEW CERTIFICATE REQUEST"] = "a certificate signing request",
        ["X509 CRL"] = "a certificate revocation list",
        ["PKCS7"] = "a PKCS#7 bundle",
        ["CMS"] = "a PKCS#7 bundle",
        ["PUBLIC KEY"] = "a public key",
        ["RSA PUBLIC KEY"] = "a public key",
        ["EC PARAMETERS"] = "parameters of an EC key",
        ["DH PARAMETERS"] = "DH parameters",
    };

    /// <summary>Names the type of a key in a PEM block, such as Ed25519; null if it is accepted or not known.</summary>
    public static string? FindType(PemBlock block)
    {
        try
        {
            if (block.Label != "PRIVATE KEY")
            {
                return block.Label == "DSA PRIVATE KEY" ? "DSA" : null;
            }

            var key = new AsnReader(block.Data, AsnEncodingRules.BER).ReadSequence();
            key.ReadIntegerBytes();
            return NameAlgorithm(key.ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Names the type of the key in a signing request (RFC 2986 section 4.1); null if it is accepted or not known.</summary>
    public static string? FindRequestType(byte[] request)
    {
        try
        {
            var info = new AsnReader(request, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            info.ReadIntegerBytes();
            info.ReadEncodedValue();
            return NameAlgorithm(info.ReadSequence().ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Describes what a text contains in place of what is needed, as the end of a sentence; empty if that is not known.</summary>
    public static string DescribeOther(string text, IReadOnlyList<PemBlock> blocks)
    {
        var found = blocks.Select(b => Labels.TryGetValue(b.Label, out var name) ? name
                : b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) ? "a private key"
                : null)
            .OfType<string>().Distinct().ToList();
        return found.Count > 0 ? $", only {string.Join(" and ", found)}"
            : text.Contains("PuTTY-User-Key-File", StringComparison.Ordinal) ? ", only a key in the format of PuTTY"
            : text.Contains("---- BEGIN SSH2", StringComparison.Ordinal) ? ", only a key in the format of SSH2"
            : text.StartsWith("ssh-", StringComparison.Ordinal) || text.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
                ? ", only a public key of SSH"
            : string.Empty;
    }

    /// <summary>Describes a loaded key with its size or curve.</summary>
    public static string Describe(AsymmetricAlgorithm key) =>
        key is ECDsa ecdsa && ecdsa.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid: var oid }
            ? $"ECDSA with the curve {NameCurve(oid)}"
            : $"{(key is RSA ? "RSA" : "ECDSA")} with {key.KeySize} bits";

    // .NET has several names for P-521.
    private static string? NameCurve(Oid curve) => curve.Value == P521 ? "P-521" : curve.FriendlyName ?? curve.Value;

    private static string? NameAlgorithm(AsnReader algorithm)
    {
        var identifier = algorithm.ReadObjectIdentifier();
        if (identifier != EcPublicKey)
        {
            return Algorithms.GetValueOrDefault(identifier);
        }

        if (!algorithm.HasData || !algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
        {
            return "ECDSA with a curve of its own";
        }

        var curve = algorithm.ReadObjectIdentifier();
        return curve is P256 or P384 ? null : $"ECDSA with the curve {NameCurve(new Oid(curve))}";
    }
}
