using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Signed messages (RFC 7515) in texts that are shown. What an external account's MAC key or a new account key has signed
/// stands in payloads, and some CAs repeat in their answers what they were sent.
/// </summary>
internal static partial class SignedText
{
    /// <summary>The text without signatures.</summary>
    public static string StrikeOutSignatures(string text) => SignaturePattern().Replace(text, "$1***");

    /// <summary>The text without signatures and without encoded payloads, which may hold further signatures.</summary>
    public static string StrikeOut(string text) => MessagePattern().Replace(text, "$1***");

    // The quotation marks may be escaped, once or more, where a message stands in a JSON text.
    [GeneratedRegex("""((?:\\*"|\\+u0022)signature(?:\\*"|\\+u0022)\s*:\s*(?:\\*"|\\+u0022))[\w+/=-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex SignaturePattern();

    [GeneratedRegex("""((?:\\*"|\\+u0022)(?:signature|payload)(?:\\*"|\\+u0022)\s*:\s*(?:\\*"|\\+u0022))[\w+/=-]*""", RegexOptions.CultureInvariant)]
    private static partial Regex MessagePattern();
}
