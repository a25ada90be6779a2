using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine;

/// <summary>
/// Redacts secrets in foreign text: services, plugins and scripts may echo a secret, plain or encoded.
/// </summary>
public static partial class Redaction
{
    private const string Mark = "***";

    // Shorter encodings occur in ordinary words.
    private const int MinEncodingLength = 8;

    /// <summary>Replaces the secrets in a text, plain or encoded for JSON or URLs, in base64 or in hex.</summary>
    /// <param name="text">The text, not yet shortened: a part of a secret is not recognized.</param>
    /// <param name="secrets">The secrets; empty ones are ignored.</param>
    public static string Redact(string text, IEnumerable<string> secrets)
    {
        var forms = secrets.Where(secret => secret.Length > 0)
            .SelectMany(GetForms)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(form => form.Length);
        return forms.Aggregate(text, (redacted, form) => redacted.Replace(form, Mark, StringComparison.Ordinal));
    }

    /// <summary>Replaces the user info of URLs, such as the password of a proxy.</summary>
    public static string RedactUserInfo(string text) =>
        text.Contains('@', StringComparison.Ordinal) && text.Contains("://", StringComparison.Ordinal)
            ? QuotedUserInfo().Replace(UserInfo().Replace(text, "$1" + Mark + "@"), "$1" + Mark + "@")
            : text;

    [GeneratedRegex("""([a-z][a-z0-9+.-]*://)[^\s/?#"<>]*@""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    // Uri.ToString shows an encoded space as a space, so only quotation marks tell where the URL ends.
    [GeneratedRegex("""((["'])[a-z][a-z0-9+.-]*://)(?:(?!\2)[^/?#])*@""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedUserInfo();

    private static IEnumerable<string> GetForms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var base64 = Enumerable.Range(0, 3).Select(shift => EncodeBase64At(bytes, shift)).ToArray();
        string[] encodings =
        [
            .. base64,
            .. base64.Select(form => form.Replace('+', '-').Replace('/', '_')),
            Convert.ToHexString(bytes),
            Convert.ToHexString(bytes).ToLowerInvariant(),
        ];
        return
        [
            secret,
            JavaScriptEncoder.Default.Encode(secret),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            Uri.EscapeDataString(secret),
            WebUtility.UrlEncode(secret),
            .. encodings.Where(form => form.Length >= MinEncodingLength),
        ];
    }

    // Inside a longer text, such as "user:password", the base64 form depends on the secret's position modulo 3.
    private static string EncodeBase64At(byte[] secret, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. secret]);
        return encoded[(((shift * 8) + 5) / 6)..((shift + secret.Length) * 8 / 6)];
    }
}
