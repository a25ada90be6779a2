using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConvoxSsl.Completion;

/// <summary>Completion results from plain values, quoted where PowerShell would not read them as one word.</summary>
internal static class CompletionResults
{
    private const string SafeCharacters = "-_./:\\";

    /// <summary>What was typed, without the quotes around it.</summary>
    public static string Unquote(string? word) => word?.Trim('\'', '"') ?? string.Empty;

    /// <summary>Those that begin with what was typed, each once.</summary>
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
                    Quote(candidate.Value, quote), candidate.Value, CompletionResultType.ParameterValue, string.IsNullOrWhiteSpace(candidate.Tip) ? candidate.Value : candidate.Tip)),
        ];
    }

    private static string Quote(string value, char? quote) => quote switch
    {
        // In double quotes more than the quote itself would have to be escaped.
        '"' when value.IndexOfAny(['"', '$', '`', '“', '”', '„']) < 0 => $"\"{value}\"",
        null when value[0] != '-' && value.All(c => char.IsAsciiLetterOrDigit(c) || SafeCharacters.Contains(c, StringComparison.Ordinal)) => value,
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'",
    };
}
