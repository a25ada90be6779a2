using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Signs requests: JWS in flattened JSON (RFC 7515, RFC 8555 section 6.2).</summary>
internal static class Jws
{
    /// <summary>Signs a request, identified by the account's URL, or by the public key if there is no account yet.</summary>
    public static byte[] Sign(PrivateKey key, Uri? account, string nonce, Uri url, ReadOnlySpan<byte> payload)
    {
        var identity = account is null ? $"\"jwk\":{Jwk.Format(key)}" : $"\"kid\":{Quote(account.OriginalString)}";
        var header = $$"""{"alg":"{{GetAlgorithm(key)}}",{{identity}},"nonce":{{Quote(nonce)}},"url":{{Quote(url.OriginalString)}}}""";
        return Flatten(header, payload, input => ComputeSignature(key, input));
    }

    /// <summary>Signs the inner JWS of a key change with the new key, without a nonce (RFC 8555 section 7.3.5).</summary>
    public static byte[] SignKeyChange(PrivateKey newKey, Uri url, ReadOnlySpan<byte> payload)
    {
        var header = $$"""{"alg":"{{GetAlgorithm(newKey)}}","jwk":{{Jwk.Format(newKey)}},"url":{{Quote(url.OriginalString)}}}""";
        return Flatten(header, payload, input => ComputeSignature(newKey, input));
    }

    /// <summary>
    /// Creates an external account binding: the account's public key, signed with the CA's MAC key (RFC 8555 section
    /// 7.3.4).
    /// </summary>
    public static byte[] BindExternalAccount(ExternalAccount external, PrivateKey key, Uri newAccountUrl)
    {
        var header = $$"""{"alg":"HS256","kid":{{Quote(external.KeyId)}},"url":{{Quote(newAccountUrl.OriginalString)}}}""";
        return Flatten(header, Encoding.UTF8.GetBytes(Jwk.Format(key)), input => HMACSHA256.HashData(external.MacKey, input));
    }

    private static byte[] Flatten(string header, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        var protectedPart = Base64Url.Encode(Encoding.UTF8.GetBytes(header));
        var payloadPart = Base64Url.Encode(payload);
        var signature = Base64Url.Encode(sign(Encoding.ASCII.GetBytes($"{protectedPart}.{payloadPart}")));
        return Encoding.ASCII.GetBytes($$"""{"protected":"{{protectedPart}}","payload":"{{payloadPart}}","signature":"{{signature}}"}""");
    }

    private static byte[] ComputeSignature(PrivateKey key, byte[] input) => key.Key switch
    {
        // RFC 7518 section 3.4: the signature is r and s concatenated, not DER.
        ECDsa ecdsa => ecdsa.SignData(input, key.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        RSA rsa => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException("Unknown key type."),
    };

    private static string GetAlgorithm(PrivateKey key) => key.Algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => "ES256",
        KeyAlgorithm.EcdsaP384 => "ES384",
        _ => "RS256",
    };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
