using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>The name of an issuer, its directory, the host of its directory, or a wildcard pattern for one of these.</summary>
internal sealed class IssuerPattern
{
    private readonly WildcardPattern _given;
    private readonly string? _name;
    private readonly string _text;

    /// <param name="text">The user's text.</param>
    public IssuerPattern(string text)
    {
        _text = text;
        _given = Wildcard.Parse(text);
        _name = Issuer.WellKnown.FirstOrDefault(issuer => issuer.DirectoryUrl!.OriginalString.Equals(text, StringComparison.Ordinal))?.Name;
    }

    /// <summary>True if it matches the issuer of a certificate. Tables show the host of a directory.</summary>
    public bool IsMatch(string issuer) =>
        _given.IsMatch(issuer)
        || issuer == _name
        || (Uri.TryCreate(issuer, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps
            && (_given.IsMatch(url.Authority) || _given.IsMatch(url.Host)));

    /// <summary>Verifies that the text is a wildcard pattern or matches an issuer that the module knows.</summary>
    /// <exception cref="InvalidInputException"><c>UnknownIssuer</c>, <c>InvalidDirectoryUrl</c>.</exception>
    public void RequireKnown()
    {
        var isKnown = WildcardPattern.ContainsWildcardCharacters(_text)
            || IsMatch(Issuer.ImportedName)
            || Issuer.WellKnown.Any(issuer => IsMatch(issuer.Name) || IsMatch(issuer.DirectoryUrl!.AbsoluteUri));
        if (!isKnown)
        {
            Issuer.Parse(_text);
        }
    }
}
