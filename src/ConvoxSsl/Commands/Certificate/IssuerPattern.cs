using System.Management.Automation;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Commands;

/// <summary>The name of an issuer, its directory, the host of its directory, or a wildcard pattern for one of these.</summary>
internal sealed class IssuerPattern
{
    private readonly WildcardPattern _given;
    private readonly string? _name;

    /// <param name="text">The user's text.</param>
    public IssuerPattern(string text)
    {
        _given = new WildcardPattern(text, WildcardOptions.IgnoreCase);
        _name = Issuer.WellKnown.FirstOrDefault(issuer => issuer.DirectoryUrl!.OriginalString.Equals(text, StringComparison.Ordinal))?.Name;
    }

    /// <summary>True if it matches the issuer of a certificate. Tables show the host of a directory.</summary>
    public bool IsMatch(string issuer) =>
        _given.IsMatch(issuer)
        || issuer == _name
        || (Uri.TryCreate(issuer, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && _given.IsMatch(url.Authority));
}
