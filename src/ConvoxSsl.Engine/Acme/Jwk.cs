using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Formats public keys as JSON Web Keys (RFC 7517).</summary>
internal static class Jwk
{
    /// <summary>
    /// Formats a key in the canonical form of RFC 7638: required members only, in lexical order, without white space. That
    /// form is also a valid <c>jwk</c> header.
    /// </summary>
    public static string Format(PrivateKey key)
    {
        switch (key.Key)
        {
            case ECDsa ecdsa:
                var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
                var (x, y) = (Base64Url.Encode(point.X), Base64Url.Encode(point.Y));
                return $$"""{"crv":"{{GetCurve(key.Algorithm)}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
            case RSA rsa:
                var parameters = rsa.ExportParameters(includePrivateParameters: false);
                return $$"""{"e":"{{Base64Url.Encode(parameters.Exponent)}}","kty":"RSA","n":"{{Base64Url.Encode(parameters.Modulus)}}"}""";
            default:
                throw new InvalidOperationException("Unknown key type.");
        }
    }

    /// <summary>Computes the SHA-256 thumbprint in base64url (RFC 7638), the second part of a key authorization.</summary>
    public static string ComputeThumbprint(PrivateKey key) =>
        Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Format(key))));

    private static string GetCurve(KeyAlgorithm algorithm) => algorithm == KeyAlgorithm.EcdsaP384 ? "P-384" : "P-256";
}
