using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Redacts signed messages (RFC 7515) in logs and errors. Payloads contain messages signed with an external account's MAC
/// key or a new account key, and some CAs echo requests in their responses.
/// </summary>
internal static partial class JwsRedaction
{
    /// <summary>Redacts signatures.</summary>
    public static string RedactSignatures(string text) => SignaturePattern().Replace(text, "$1***");

    /// <summary>Redacts signatures and encoded payloads, which may contain further signatures.</summary>
    public static string Redact(string text) => MessagePattern().Replace(text, "$1***");

    // Inside a JSON string the quotation marks are escaped, possibly more than once.
    [GeneratedRegex(
        """((?:\\*"|\\+u0022)signature(?:\\*"|\\+u0022)\s*:\s*(?:\\*"|\\+u0022))[\w+/=-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex SignaturePattern();

    [GeneratedRegex(
        """((?:\\*"|\\+u0022)(?:signature|payload)(?:\\*"|\\+u0022)\s*:\s*(?:\\*"|\\+u0022))[\w+/=-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex MessagePattern();
}
