using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Selection;

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
        _given = Wildcard.Parse(given);
        _ascii = InternationalName.ToAscii(given) is var ascii && ascii != given
            ? Wildcard.Parse(ascii)
            : null;
    }

    /// <summary>True if it matches the name, which is in A-labels. A wildcard can match a part of a Unicode label.</summary>
    public bool IsMatch(string name) =>
        _given.IsMatch(name) || _ascii?.IsMatch(name) is true || _given.IsMatch(InternationalName.ToUnicode(name) ?? name);
}
