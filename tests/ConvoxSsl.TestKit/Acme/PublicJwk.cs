using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A public key from a JWS header (RFC 7517), which verifies signatures (RFC 7518).</summary>
internal sealed class PublicJwk
{
    private readonly Func<byte[], byte[], bool> _verify;

    private PublicJwk(string algorithm, string canonical, byte[] spki, Func<byte[], byte[], bool> verify)
    {
        (Algorithm, Canonical, SubjectPublicKeyInfo, _verify) = (algorithm, canonical, spki, verify);
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    public static IReadOnlyList<string> Algorithms { get; } = ["ES256", "ES384", "RS256"];

    /// <summary>The only allowed signature algorithm of the key.</summary>
    public string Algorithm { get; }

    /// <summary>The canonical form (RFC 7638 section 3).</summary>
    public string Canonical { get; }

    public string Thumbprint { get; }

    public byte[] SubjectPublicKeyInfo { get; }

    public static PublicJwk FromKey(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return ReadEc($"P-{key.KeySize}", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
    }

    /// <exception cref="RejectedException"><c>badPublicKey</c>.</exception>
    public static PublicJwk Read(JsonNode? node)
    {
        try
        {
            var jwk = node!.AsObject();
            if (jwk.ContainsKey("d"))
            {
                throw CreateRejection("it holds the private key");
            }

            return (string?)jwk["kty"] switch
            {
                "EC" => ReadEc((string)jwk["crv"]!, (string)jwk["x"]!, (string)jwk["y"]!),
                "RSA" => ReadRsa((string)jwk["n"]!, (string)jwk["e"]!),
                _ => throw CreateRejection("its type is neither EC nor RSA"),
            };
        }
        catch (Exception e)
            when (e is FormatException
                or CryptographicException
                or InvalidOperationException
                or NullReferenceException
                or ArgumentException)
        {
            throw CreateRejection("it is no JWK");
        }
    }

    public bool Verify(string algorithm, byte[] input, byte[] signature) => algorithm == Algorithm && _verify(input, signature);

    private static PublicJwk ReadEc(string curve, string x, string y)
    {
        var (named, algorithm, hash, size) = curve switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, "ES256", HashAlgorithmName.SHA256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, "ES384", HashAlgorithmName.SHA384, 48),
            _ => throw CreateRejection("its curve is neither P-256 nor P-384"),
        };
        var parameters = new ECParameters
        {
            Curve = named,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
        };
        if (parameters.Q.X.Length != size || parameters.Q.Y.Length != size)
        {
            throw CreateRejection("its coordinates are not of the curve's size (RFC 7518 section 6.2.1.2)");
        }

        using var key = ECDsa.Create(parameters);
        return new PublicJwk(
            algorithm,
            $$"""{"crv":"{{curve}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""",
            key.ExportSubjectPublicKeyInfo(),
            (input, signature) =>
            {
                using var verifier = ECDsa.Create(parameters);
                return signature.Length == 2 * size
                    && verifier.VerifyData(input, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            });
    }

    private static PublicJwk ReadRsa(string n, string e)
    {
        var parameters = new RSAParameters { Modulus = Base64Url.DecodeFromChars(n), Exponent = Base64Url.DecodeFromChars(e) };
        using var key = RSA.Create(parameters);
        if (key.KeySize < 2048)
        {
            throw CreateRejection($"it has only {key.KeySize} bits");
        }

        return new PublicJwk(
            "RS256",
            $$"""{"e":"{{e}}","kty":"RSA","n":"{{n}}"}""",
            key.ExportSubjectPublicKeyInfo(),
            (input, signature) =>
            {
                using var verifier = RSA.Create(parameters);
                return verifier.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            });
    }

    private static RejectedException CreateRejection(string why) => new(400, "badPublicKey", $"The key can't be used: {why}");
}
