using System.Management.Automation;
using System.Management.Automation.Language;

namespace ConvoxSsl.Binding;

/// <summary>Completion results from plain values, quoted where PowerShell would not read them as one word.</summary>
internal static class Completion
{
    private const string SafeCharacters = "-_./:\\";

    public static IEnumerable<CompletionResult> Of(IEnumerable<string> values, string? word)
    {
        var typed = word?.Trim('\'', '"') ?? string.Empty;
        return values
            .Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(value => new CompletionResult(Quote(value), value, CompletionResultType.ParameterValue, value));
    }

    private static string Quote(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || SafeCharacters.Contains(c, StringComparison.Ordinal))
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
}
