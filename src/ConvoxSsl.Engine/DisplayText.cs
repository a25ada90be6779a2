namespace ConvoxSsl.Engine;

/// <summary>
/// Prepares text from a CA, a DNS provider or a cluster for display: shortens it, and removes control characters, which could
/// contain terminal escape sequences.
/// </summary>
public static class DisplayText
{
    /// <summary>Replaces each control character with a space.</summary>
    /// <param name="text">The text; null stays null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? OneLine(string? text) =>
        text is null || !text.Any(char.IsControl) ? text : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

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
}
