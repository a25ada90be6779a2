using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace ConvoxSsl.Engine;

/// <summary>
/// Strikes secrets out of what others say: a service, a plugin or a script may repeat what it was given, as it is or
/// encoded.
/// </summary>
public static class Redaction
{
    private const string Mark = "***";

    // Shorter encodings occur in ordinary words.
    private const int ShortestEncoding = 8;

    /// <summary>The text without the secrets, also where they stand as JSON, in a URL, in base64 or in hex.</summary>
    /// <param name="text">What others said, not yet shortened: a part of a secret is not found.</param>
    /// <param name="secrets">The secrets; empty ones are passed over.</param>
    public static string StrikeOut(string text, IEnumerable<string> secrets)
    {
        var forms = secrets.Where(secret => secret.Length > 0).SelectMany(FormsOf).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length);
        return forms.Aggregate(text, (shown, form) => shown.Replace(form, Mark, StringComparison.Ordinal));
    }

    private static IEnumerable<string> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var base64 = Enumerable.Range(0, 3).Select(shift => Base64Inside(bytes, shift)).ToArray();
        string[] encodings = [.. base64, .. base64.Select(form => form.Replace('+', '-').Replace('/', '_')), Convert.ToHexString(bytes), Convert.ToHexString(bytes).ToLowerInvariant()];
        return
        [
            secret,
            JavaScriptEncoder.Default.Encode(secret),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            Uri.EscapeDataString(secret),
            WebUtility.UrlEncode(secret),
            .. encodings.Where(form => form.Length >= ShortestEncoding),
        ];
    }

    // Inside of something longer, such as "user:password", base64 depends on where the secret begins.
    private static string Base64Inside(byte[] secret, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. secret]);
        return encoded[(((shift * 8) + 5) / 6)..((shift + secret.Length) * 8 / 6)];
    }
}
