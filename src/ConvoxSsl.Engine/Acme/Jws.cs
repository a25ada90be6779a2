using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>Signed requests: JWS in flattened JSON (RFC 7515, RFC 8555 section 6.2).</summary>
internal static class Jws
{
    /// <summary>A request under the account's URL, or under the public key itself when there is no account yet.</summary>
    public static byte[] Sign(PrivateKey key, Uri? account, string nonce, Uri url, ReadOnlySpan<byte> payload)
    {
        var identity = account is null ? $"\"jwk\":{Jwk.Format(key)}" : $"\"kid\":{Quote(account.OriginalString)}";
        var header = $$"""{"alg":"{{Algorithm(key)}}",{{identity}},"nonce":{{Quote(nonce)}},"url":{{Quote(url.OriginalString)}}}""";
        return Flatten(header, payload, input => Signature(key, input));
    }

    /// <summary>The inner JWS of a key change: signed by the new key, without a nonce (RFC 8555 section 7.3.5).</summary>
    public static byte[] SignKeyChange(PrivateKey newKey, Uri url, ReadOnlySpan<byte> payload)
    {
        var header = $$"""{"alg":"{{Algorithm(newKey)}}","jwk":{{Jwk.Format(newKey)}},"url":{{Quote(url.OriginalString)}}}""";
        return Flatten(header, payload, input => Signature(newKey, input));
    }

    /// <summary>The external account binding: the account's key under a MAC of the CA's (RFC 8555 section 7.3.4).</summary>
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

    private static byte[] Signature(PrivateKey key, byte[] input) => key.Key switch
    {
        // RFC 7518 section 3.4 wants r and s side by side, not DER.
        ECDsa ecdsa => ecdsa.SignData(input, key.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        RSA rsa => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException("Unknown key type."),
    };

    private static string Algorithm(PrivateKey key) => key.Algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => "ES256",
        KeyAlgorithm.EcdsaP384 => "ES384",
        _ => "RS256",
    };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
