using System.Management.Automation;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Selection;

/// <summary>
/// The text that selects certificates: an ID, the beginning of one, a domain name, or a wildcard pattern of these. A wildcard that is the
/// name of a certificate, such as <c>*.example.org</c>, selects the certificates with exactly this name; any other one is a pattern. The
/// URL or the address of a server selects as its host does.
/// </summary>
internal sealed partial class CertificateQuery
{
    // Tables end with it where they truncate an ID.
    private const char Ellipsis = '…';

    private readonly string _beginning;
    private readonly WildcardPattern? _ids;
    private readonly DomainPattern? _names;

    /// <param name="text">The user's text.</param>
    /// <param name="isDomain">True if the text is a name of the certificate, and never an ID.</param>
    /// <exception cref="InvalidInputException"><c>InvalidWildcard</c>.</exception>
    public CertificateQuery(string text, bool isDomain = false)
    {
        Text = GetHost(text.Trim());
        (IsDomain, Name) = (isDomain, ParseName(Text));
        _beginning = Text.TrimEnd(Ellipsis);
        if (WildcardPattern.ContainsWildcardCharacters(Text))
        {
            _ids = isDomain ? null : Wildcard.Parse(Text);
            _names = new DomainPattern(Text);
        }
    }

    /// <summary>The user's text, without white space around it; the host of a URL or an address.</summary>
    public string Text { get; }

    /// <summary>True if the text is a name of the certificate, and never an ID.</summary>
    public bool IsDomain { get; }

    /// <summary>True if the text contains wildcards, so that several certificates are meant.</summary>
    public bool IsPattern => _names is not null;

    /// <summary>True if the text can be a whole ID.</summary>
    public bool CanBeId => !IsDomain && !IsPattern && _beginning.Length == Text.Length;

    /// <summary>The text as a name of a certificate; null if it is not a valid one.</summary>
    public CertificateName? Name { get; }

    /// <summary>Rates how well a certificate matches the text.</summary>
    /// <param name="id">The ID of the certificate.</param>
    /// <param name="names">The names of the certificate.</param>
    public CertificateMatch Rate(string id, IReadOnlyList<string> names) =>
        !IsDomain && id.Equals(Text, StringComparison.OrdinalIgnoreCase) ? CertificateMatch.Id
        : names.Any(IsName) ? CertificateMatch.Name
        : MatchesPart(id, names) ? CertificateMatch.Part
        : CertificateMatch.None;

    private bool IsName(string name) => name == Name?.Value || name.Equals(Text, StringComparison.OrdinalIgnoreCase);

    private bool MatchesPart(string id, IReadOnlyList<string> names) => _names is { } pattern
        ? _ids?.IsMatch(id) is true || names.Any(pattern.IsMatch)
        : !IsDomain && _beginning.Length > 0 && id.StartsWith(_beginning, StringComparison.OrdinalIgnoreCase);

    private static string GetHost(string text) =>
        Address().Match(text) is { Success: true } match ? match.Groups["host"].Value : text;

    private static CertificateName? ParseName(string text)
    {
        try
        {
            return CertificateNameSet.Parse([text])[0];
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    // A URL, or a host with a port; an IPv6 address has several colons.
    [GeneratedRegex(
        @"^(?:https?://(?:\[(?<host>[0-9A-Fa-f:.]+)\]|(?<host>[^/?#\[\]:@\s]+))(?::\d{1,5})?(?:[/?#]\S*)?|(?<host>[^/:@\[\]\s]+):\d{1,5})$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}

/// <summary>The kinds of match of a certificate with a query, from the worst to the best.</summary>
internal enum CertificateMatch
{
    /// <summary>It does not match.</summary>
    None,

    /// <summary>The ID begins with the text, or a pattern matches.</summary>
    Part,

    /// <summary>The text is one of its names.</summary>
    Name,

    /// <summary>The text is its ID.</summary>
    Id,
}
