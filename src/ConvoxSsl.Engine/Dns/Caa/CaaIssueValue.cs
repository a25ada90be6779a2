using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Dns.Caa;

/// <summary>The value of an issue or issuewild property (RFC 8659 section 4.2).</summary>
/// <param name="Issuer">The CA's domain name; null if the value names none or is not valid, so that it allows no CA.</param>
/// <param name="Parameters">The parameters, in order.</param>
internal sealed partial record CaaIssueValue(string? Issuer, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    private static CaaIssueValue None { get; } = new(null, []);

    /// <summary>Parses a value.</summary>
    public static CaaIssueValue Parse(string value)
    {
        var parts = value.Split(';');
        var issuer = parts[0].Trim(' ', '\t');
        if (issuer.Length > 0 && !Domain().IsMatch(issuer))
        {
            return None;
        }

        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var part in parts.Skip(1).Select(p => p.Trim(' ', '\t')).Where(p => p.Length > 0))
        {
            if (Parameter().Match(part) is not { Success: true } match)
            {
                return None;
            }

            parameters.Add(new(match.Groups["tag"].Value, match.Groups["value"].Value));
        }

        return new CaaIssueValue(issuer.Length > 0 ? issuer : null, parameters);
    }

    /// <summary>Gets all values of a parameter.</summary>
    public IReadOnlyList<string> Get(string tag) =>
        [.. Parameters.Where(p => p.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)).Select(p => p.Value)];

    [GeneratedRegex(@"\A[A-Za-z0-9](-*[A-Za-z0-9])*(\.[A-Za-z0-9](-*[A-Za-z0-9])*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Domain();

    [GeneratedRegex(@"\A(?<tag>[A-Za-z0-9](-*[A-Za-z0-9])*)[ \t]*=[ \t]*(?<value>[\x21-\x3A\x3C-\x7E]*)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
