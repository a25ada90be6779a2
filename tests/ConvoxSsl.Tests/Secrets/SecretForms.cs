using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>The forms of a secret in text: plain and encoded. Long forms are limited to their first 40 characters.</summary>
internal static class SecretForms
{
    private const int Longest = 40;
    private const int Shortest = 8;

    /// <summary>A password or token.</summary>
    public static IReadOnlyList<string> OfText(string secret) => Distinct(
    [
        secret,
        JsonSerializer.Serialize(secret)[1..^1],
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
        Uri.EscapeDataString(secret),
        WebUtility.UrlEncode(secret),
        .. Encodings(Encoding.UTF8.GetBytes(secret)),
        .. Encodings(Encoding.Unicode.GetBytes(secret)),
    ]);

    /// <summary>A binary key.</summary>
    public static IReadOnlyList<string> OfBytes(byte[] secret) => Distinct(Encodings(secret));

    /// <summary>A private key: its secret numbers, and the PEM lines that contain them.</summary>
    public static IReadOnlyList<string> OfKey(string pem)
    {
        var lines = pem.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('-')).ToArray();
        if (pem.Contains("RSA PRIVATE", StringComparison.Ordinal) || lines.Length > 8)
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            var numbers = rsa.ExportParameters(includePrivateParameters: true);

            // The first part of the text is the modulus, which is public.
            return Distinct([.. lines[(lines.Length / 2)..], .. Encodings(numbers.D!), .. Encodings(numbers.P!), .. Encodings(numbers.Q!)]);
        }

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(pem);

        // The last line contains only the public key.
        return Distinct([.. lines[..^1], .. Encodings(ecdsa.ExportParameters(includePrivateParameters: true).D!)]);
    }

    private static IEnumerable<string> Encodings(byte[] secret)
    {
        var hex = Convert.ToHexString(secret);
        string[] plain = [.. Enumerable.Range(0, 3).Select(shift => Base64Inside(secret, shift)), hex, hex.ToLowerInvariant()];
        return [.. plain, .. plain.Select(text => text.Replace('+', '-').Replace('/', '_')), Base64Url.EncodeToString(secret)];
    }

    // In longer text such as "user:password", the base64 form depends on the offset of the secret.
    private static string Base64Inside(byte[] secret, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. secret]);
        return encoded[(((shift * 8) + 5) / 6)..((shift + secret.Length) * 8 / 6)];
    }

    private static IReadOnlyList<string> Distinct(IEnumerable<string> forms) =>
        [.. forms.Where(form => form.Length >= Shortest)
            .Select(form => form.Length > Longest ? form[..Longest] : form)
            .Distinct(StringComparer.Ordinal)];
}
