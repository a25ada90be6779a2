using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>
/// One name that a certificate speaks for: a DNS name in lower-cased A-labels, perhaps a wildcard, or an IP address
/// in its canonical text form (RFC 8555 section 7.1.3, RFC 8738).
/// </summary>
public sealed record CertificateName
{
    private const int MaximumNameLength = 253;
    private const int MaximumLabelLength = 63;

    private CertificateName(string value, IPAddress? address)
    {
        Value = value;
        Address = address;
    }

    /// <summary>The name as it stands in certificates and orders.</summary>
    public string Value { get; }

    /// <summary>The address, when the name is one.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether this is an IP address and not a DNS name.</summary>
    public bool IsAddress => Address is not null;

    /// <summary>Whether the first label is <c>*</c>.</summary>
    public bool IsWildcard => Value.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The name without the wildcard label: what an authorization is for.</summary>
    public string BaseName => IsWildcard ? Value[2..] : Value;

    /// <summary>Reads a name as a user writes it: any case, Unicode or A-labels, with or without the final dot.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDomain</c>: the text is no such name.</exception>
    public static CertificateName Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw Invalid(text, "it is empty", "Give a name such as www.example.org");
        }

        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            throw Invalid(text, "it contains white space or a control character", "Remove it");
        }

        if (text.Contains("://", StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal))
        {
            throw Invalid(text, "it is a URL or a path", "Give only the host name, without scheme, port and path");
        }

        return TryParseAddress(text, out var address)
            ? new CertificateName(address.ToString(), address)
            : new CertificateName(ParseDnsName(text), null);
    }

    /// <summary>Whether a certificate with one of these names speaks for this one (RFC 9525 section 6.3: a wildcard stands for one label).</summary>
    /// <param name="names">Names as they stand in certificates.</param>
    public bool IsCoveredBy(IEnumerable<string> names) => names.Any(name =>
        name == Value
        || (name.StartsWith("*.", StringComparison.Ordinal) && !IsWildcard && !IsAddress && Value.Split('.', 2) is [_, var rest] && rest == name[2..]));

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool TryParseAddress(string text, out IPAddress address)
    {
        // IPAddress also reads "1", "0x7f.1" and scoped addresses; only the full forms are names of a certificate.
        var isAddress = IPAddress.TryParse(text, out var parsed)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6
                ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
                : text == parsed.ToString());
        address = parsed ?? IPAddress.None;
        return isAddress;
    }

    private static string ParseDnsName(string text)
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
        CheckLabels(text, ascii);
        var result = wildcard ? "*." + ascii : ascii;
        return result.Length <= MaximumNameLength
            ? result
            : throw Invalid(text, $"it has {result.Length} characters and the limit is {MaximumNameLength}", "Shorten it");
    }

    private static string ToAscii(string text, string bare)
    {
        if (bare.All(char.IsAscii))
        {
            return bare.ToLowerInvariant();
        }

        try
        {
            // Not UseStd3AsciiRules: CheckLabels judges the result and names what is wrong.
            return new IdnMapping().GetAscii(bare).ToLowerInvariant();
        }
        catch (ArgumentException e)
        {
            throw Invalid(text, "it cannot be written in A-labels (IDNA)", "Check its spelling", e);
        }
    }

    private static void CheckLabels(string text, string ascii)
    {
        var labels = ascii.Split('.');
        foreach (var label in labels)
        {
            if (label.Length > MaximumLabelLength)
            {
                throw Invalid(
                    text, $"its label '{label}' has {label.Length} characters and the limit is {MaximumLabelLength}", "Shorten it");
            }

            if (label.Length == 0 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                throw Invalid(
                    text, $"its label '{label}' is not made of letters, digits and inner hyphens", "Correct the label");
            }
        }

        if (labels[^1].All(char.IsAsciiDigit))
        {
            throw Invalid(text, "its last label is a number", "Give a host name, or a complete IP address");
        }
    }

    private static InvalidInputException Invalid(string? text, string rule, string remedy, Exception? inner = null) =>
        new(ErrorCode.InvalidDomain, $"'{text}' is not a name that a certificate can have: {rule}. {remedy}.", text, inner);
}
