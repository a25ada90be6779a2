using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine;

/// <summary>Finds in an error's text what the user can do: by the rule of this house its last sentence.</summary>
internal static partial class RemedySentence
{
    /// <summary>The last sentence of a text that has several; null where there is one.</summary>
    public static string? In(string message) =>
        SentenceEnd().Match(message) is { Success: true } end && end.Index + end.Length < message.Length
            ? message[(end.Index + end.Length)..]
            : null;

    // A parameter may begin a sentence as well.
    [GeneratedRegex("(?<=[.?!]) +(?=[A-Z'-])", RegexOptions.RightToLeft)]
    private static partial Regex SentenceEnd();
}
