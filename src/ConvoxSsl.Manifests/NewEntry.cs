namespace ConvoxSsl.Manifests;

/// <summary>An entry that is to be written: a key with a text, or with entries of its own.</summary>
internal sealed record NewEntry(string Key, string? Value, params NewEntry[] Children)
{
    /// <summary>The lines of it in a block.</summary>
    public IEnumerable<string> ToLines(string indentation, int step) => Value is not null
        ? [$"{indentation}{Key}: {ScalarText.Format(Value)}"]
        : [$"{indentation}{Key}:", .. Children.SelectMany(c => c.ToLines(indentation + new string(' ', step), step))];

    /// <summary>It in braces.</summary>
    /// <param name="isJson">Whether all around it is quoted as JSON wants it.</param>
    public string ToFlow(bool isJson)
    {
        var key = isJson ? ScalarText.Quote(Key) : Key;
        return $"{key}: {(Value is null ? ToFlow(Children, isJson) : isJson ? ScalarText.Quote(Value) : ScalarText.Format(Value))}";
    }

    /// <summary>A mapping of entries in braces.</summary>
    public static string ToFlow(IEnumerable<NewEntry> entries, bool isJson) => "{" + string.Join(", ", entries.Select(e => e.ToFlow(isJson))) + "}";
}

/// <summary>How a text is written as a scalar.</summary>
internal static class ScalarText
{
    private static readonly HashSet<string> ReservedWords = new(StringComparer.OrdinalIgnoreCase) { "y", "yes", "n", "no", "true", "false", "on", "off", "null" };

    /// <summary>Plain where that stays a text, else in double quotes.</summary>
    public static string Format(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>In the quotes that another text has.</summary>
    public static string FormatAs(YamlStyle style, string value) => style switch
    {
        YamlStyle.SingleQuoted => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        YamlStyle.DoubleQuoted => Quote(value),
        _ => Format(value),
    };

    public static string Quote(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // An id such as 0123 or 1e5 would be read as a number.
    private static bool IsPlain(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !ReservedWords.Contains(value);
}
