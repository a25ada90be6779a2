namespace ConvoxSsl.Manifests;

/// <summary>
/// Handles <c>${VAR}</c>, which Convox replaces before it parses the YAML. Its braces and colons are not YAML syntax, so each
/// is replaced by one private-use character for the parser; positions stay the same.
/// </summary>
internal static class Interpolation
{
    private const string Opening = "${";
    private const char FirstHidden = '\uE000';
    private const char LastHidden = '\uE07F';

    /// <summary>Returns true if the value of a text depends on the environment.</summary>
    public static bool Contains(string? text) => text is not null && text.Contains(Opening, StringComparison.Ordinal);

    public static string Hide(string text)
    {
        if (!Contains(text) || text.AsSpan().IndexOfAnyInRange(FirstHidden, LastHidden) >= 0)
        {
            return text;
        }

        var hidden = text.ToCharArray();
        for (var at = text.IndexOf(Opening, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Opening, at, StringComparison.Ordinal))
        {
            var end = text.AsSpan(at).IndexOfAny('}', '\r', '\n');
            if (end < 0)
            {
                break;
            }

            end += at;
            for (var i = at + 1; text[end] == '}' && i <= end; i++)
            {
                hidden[i] = char.IsAscii(text[i]) ? (char)(FirstHidden + text[i]) : text[i];
            }

            at = end;
        }

        return new string(hidden);
    }

    public static string Restore(string text) => text.AsSpan().IndexOfAnyInRange(FirstHidden, LastHidden) < 0
        ? text
        : string.Create(text.Length, text, (shown, hidden) =>
        {
            for (var i = 0; i < shown.Length; i++)
            {
                shown[i] = hidden[i] is >= FirstHidden and <= LastHidden ? (char)(hidden[i] - FirstHidden) : hidden[i];
            }
        });
}
