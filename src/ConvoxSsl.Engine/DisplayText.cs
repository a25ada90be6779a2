using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine;

/// <summary>
/// Prepares text from a CA, a DNS provider, a cluster, a file or another library for display: redacts the user info of URLs, removes
/// control characters, which could contain terminal escape sequences, and characters that hide or reorder text, and shortens it.
/// </summary>
public static class DisplayText
{
    private static readonly Rune ZeroWidthNonJoiner = new(0x200C);
    private static readonly Rune ZeroWidthJoiner = new(0x200D);

    /// <summary>Does the same as <see cref="OneLine"/>, and redacts the user info of URLs.</summary>
    /// <param name="text">The text; null stays null.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Sanitize(string? text) => text is null ? null : OneLine(Redaction.RedactUserInfo(text));

    /// <summary>Replaces each control character, line separator and invisible formatting character with a space.</summary>
    /// <param name="text">The text; null stays null.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? OneLine(string? text)
    {
        if (text is null || !text.Any(c => c is < ' ' or > '~'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            shown.Append(IsHidden(rune) ? " " : rune.ToString());
        }

        return shown.ToString();
    }

    /// <summary>Does the same as <see cref="OneLine"/>, and replaces the end of a long text with an ellipsis.</summary>
    /// <param name="text">The text, already redacted: a part of a secret would not be recognized.</param>
    /// <param name="maxLength">The maximum number of characters, without the ellipsis.</param>
    public static string Shorten(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return OneLine(text);
        }

        // Do not split a surrogate pair.
        var end = maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
        return OneLine(text[..end]) + "…";
    }

    // Persian and Indic words and emoji need the joiners, which change no order.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => rune != ZeroWidthNonJoiner && rune != ZeroWidthJoiner,
        _ => false,
    };
}
