using System.Globalization;
using System.Management.Automation;

namespace ConvoxSsl.Commands;

/// <summary>
/// A name or a wildcard pattern that selects names of certificates. As in the names of new certificates, case, the final dot and
/// the form of internationalized labels do not matter.
/// </summary>
internal sealed class DomainPattern
{
    private readonly WildcardPattern _given;
    private readonly WildcardPattern? _ascii;

    /// <param name="text">The user's text.</param>
    public DomainPattern(string text)
    {
        var given = text.Length > 1 && text.EndsWith('.') ? text[..^1] : text;
        _given = new WildcardPattern(given, WildcardOptions.IgnoreCase);
        _ascii = Convert(given, n => new IdnMapping().GetAscii(n)) is var ascii && ascii != given
            ? new WildcardPattern(ascii, WildcardOptions.IgnoreCase)
            : null;
    }

    /// <summary>True if it matches the name, which is in A-labels. A wildcard can match a part of a Unicode label.</summary>
    public bool IsMatch(string name) =>
        _given.IsMatch(name) || _ascii?.IsMatch(name) is true || _given.IsMatch(Convert(name, n => new IdnMapping().GetUnicode(n)));

    private static string Convert(string name, Func<string, string> convert)
    {
        try
        {
            return convert(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
