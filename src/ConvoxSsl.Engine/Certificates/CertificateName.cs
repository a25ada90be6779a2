using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>
/// A name of a certificate: a DNS name in lower-case A-labels, which may be a wildcard, or an IP address in its canonical
/// text form (RFC 8555 section 7.1.3, RFC 8738).
/// </summary>
public sealed record CertificateName
{
    private const int MaxNameLength = 253;
    private const int MaxLabelLength = 63;

    private CertificateName(string value, IPAddress? address)
    {
        Value = value;
        Address = address;
    }

    /// <summary>The name, as in certificates and orders.</summary>
    public string Value { get; }

    /// <summary>The address; null for a DNS name.</summary>
    public IPAddress? Address { get; }

    /// <summary>True for an IP address, false for a DNS name.</summary>
    public bool IsAddress => Address is not null;

    /// <summary>True if the first label is <c>*</c>.</summary>
    public bool IsWildcard => Value.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The name without the wildcard label, as in authorizations.</summary>
    public string BaseName => IsWildcard ? Value[2..] : Value;

    /// <summary>Parses a name from the user: in any case, in Unicode or A-labels, with or without the final dot.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDomain</c>: the text is not a valid name.</exception>
    public static CertificateName Parse(string? text) => Parse(text, isHostName: true);

    /// <summary>
    /// Parses the name of a zone. It need not be a host name: its labels may contain underscores (RFC 2181 section 11, RFC 8552).
    /// </summary>
    /// <exception cref="InvalidInputException"><c>InvalidDomain</c>: the text is not a valid name.</exception>
    internal static CertificateName ParseZone(string? text) => Parse(text, isHostName: false);

    /// <summary>True if one of a certificate's names covers this name (RFC 9525 section 6.3: a wildcard matches one label).</summary>
    /// <param name="names">The names of a certificate.</param>
    public bool IsCoveredBy(IEnumerable<string> names) => names.Any(name =>
        name == Value
        || (name.StartsWith("*.", StringComparison.Ordinal)
            && !IsWildcard
            && !IsAddress
            && Value.Split('.', 2) is [_, var rest]
            && rest == name[2..]));

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static CertificateName Parse(string? text, bool isHostName)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw Invalid(text, "it is empty", "Give a name such as www.example.org");
        }

        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new InvalidInputException(ErrorCode.InvalidDomain, "The name is not valid because it is a private key.")
            {
                Remedy = "Give the path of its file as that of a key.",
            };
        }

        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            throw Invalid(text, "it contains white space or a control character", "Remove it");
        }

        if (text.Contains("://", StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal))
        {
            throw Invalid(text, "it is a URL or a path", "Give only the host name, without scheme, port and path");
        }

        if (text.Split(':') is [_, { Length: > 0 } port] && port.All(char.IsAsciiDigit))
        {
            throw Invalid(text, "it contains a port", "Give only the host name");
        }

        return TryParseAddress(text, out var address)
            ? new CertificateName(address.ToString(), address)
            : new CertificateName(ParseDnsName(text, isHostName), null);
    }

    private static bool TryParseAddress(string text, out IPAddress address)
    {
        // IPAddress also parses "1", "0x7f.1" and scoped addresses; certificates contain only the full forms.
        var isAddress = IPAddress.TryParse(text, out var parsed)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6
                ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
                : text == parsed.ToString());
        address = parsed ?? IPAddress.None;
        return isAddress;
    }

    private static string ParseDnsName(string text, bool isHostName)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        var wildcard = name.StartsWith("*.", StringComparison.Ordinal);
        var bare = wildcard ? name[2..] : name;

        if (bare.Contains('*', StringComparison.Ordinal))
        {
            throw Invalid(text, "a wildcard may only be the whole first label", "Write it as *.example.org");
        }

        if (bare.Split('.').Any(label => label.Length == 0))
        {
            throw Invalid(text, "it has an empty label", "Remove the leading or doubled dot");
        }

        var ascii = ToAscii(text, bare);
        CheckLabels(text, ascii, isHostName);
        var result = wildcard ? "*." + ascii : ascii;
        return result.Length <= MaxNameLength
            ? result
            : throw Invalid(text, $"it has {result.Length} characters and the limit is {MaxNameLength}", "Shorten it");
    }

    private static string ToAscii(string text, string bare)
    {
        if (bare.All(char.IsAscii))
        {
            return bare.ToLowerInvariant();
        }

        try
        {
            // Without UseStd3AsciiRules, because CheckLabels reports what is wrong.
            return new IdnMapping().GetAscii(bare).ToLowerInvariant();
        }
        catch (ArgumentException e)
        {
            throw Invalid(text, "it cannot be written in A-labels (IDNA)", "Check its spelling", e);
        }
    }

    private static void CheckLabels(string text, string ascii, bool isHostName)
    {
        var labels = ascii.Split('.');
        foreach (var label in labels)
        {
            if (label.Length > MaxLabelLength)
            {
                throw Invalid(
                    text, $"its label '{label}' has {label.Length} characters and the limit is {MaxLabelLength}", "Shorten it");
            }

            var isValid = isHostName
                ? label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
                : label.Length > 0 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
            if (!isValid)
            {
                var characters = isHostName ? "letters, digits and inner hyphens" : "letters, digits, hyphens and underscores";
                throw Invalid(text, $"its label '{label}' is not made of {characters}", "Correct the label");
            }
        }

        if (labels[^1].All(char.IsAsciiDigit))
        {
            throw Invalid(text, "its last label is numeric", "Give a host name, or a complete IP address");
        }
    }

    private static InvalidInputException Invalid(string? text, string rule, string remedy, Exception? inner = null) =>
        new(ErrorCode.InvalidDomain, $"The name '{text}' is not valid because {rule}.", text, inner) { Remedy = $"{remedy}." };
}
