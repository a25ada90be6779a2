namespace ConvoxSsl.Engine;

/// <summary>
/// What a CA, a DNS provider or a cluster says, made fit to be shown to a person: no more of it than can be read, and nothing
/// that steers a terminal.
/// </summary>
public static class DisplayText
{
    /// <summary>The text with a space for each control character.</summary>
    /// <param name="text">What was said; null stays null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? OneLine(string? text) =>
        text is null || !text.Any(char.IsControl) ? text : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>As <see cref="OneLine"/>, and no longer than that; where something is left out, an ellipsis stands for it.</summary>
    /// <param name="text">What was said, without secrets: in a part of it they would not be found.</param>
    /// <param name="longest">How many characters, the ellipsis not counted.</param>
    public static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return OneLine(text);
        }

        // Half of a surrogate pair is no character.
        var end = longest > 0 && char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return OneLine(text[..end]) + "…";
    }
}
