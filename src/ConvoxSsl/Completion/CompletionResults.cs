using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConvoxSsl.Completion;

/// <summary>Completion results from plain values, quoted where PowerShell would not read them as one word.</summary>
internal static class CompletionResults
{
    private const string SafeCharacters = "-_./:\\";

    /// <summary>Removes the quotes around the typed word.</summary>
    public static string Unquote(string? word) => word?.Trim('\'', '"') ?? string.Empty;

    /// <summary>Creates the results for the distinct candidates that start with the typed word.</summary>
    public static IReadOnlyList<CompletionResult> Create(IEnumerable<Candidate> candidates, string? word)
    {
        var typed = Unquote(word);
        var quote = word is ['"' or '\'', ..] ? word[0] : (char?)null;
        return
        [
            .. candidates
                .Where(candidate => candidate.Value.Length > 0 && candidate.Value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(candidate => candidate.Value, StringComparer.OrdinalIgnoreCase)
                .Select(candidate => new CompletionResult(
                    Quote(candidate.Value, quote),
                    candidate.Value,
                    CompletionResultType.ParameterValue,
                    string.IsNullOrWhiteSpace(candidate.Tip) ? candidate.Value : candidate.Tip)),
        ];
    }

    private static bool IsSafe(char c) => char.IsAsciiLetterOrDigit(c) || SafeCharacters.Contains(c, StringComparison.Ordinal);

    private static string Quote(string value, char? quote) => quote switch
    {
        // Use double quotes only if nothing needs escaping in them.
        '"' when value.IndexOfAny(['"', '$', '`', '“', '”', '„']) < 0 => $"\"{value}\"",
        null when value[0] != '-' && value.All(IsSafe) => value,
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'",
    };
}
