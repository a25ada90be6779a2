namespace ConvoxSsl.Manifests;

/// <summary>An entry to write: a key with a text or with entries.</summary>
internal sealed record NewEntry(string Key, string? Value, params NewEntry[] Children)
{
    /// <summary>Returns the lines of the entry in block style.</summary>
    public IEnumerable<string> ToLines(string indentation, int step) => Value is not null
        ? [$"{indentation}{Key}: {ScalarText.Format(Value)}"]
        : [$"{indentation}{Key}:", .. Children.SelectMany(c => c.ToLines(indentation + new string(' ', step), step))];

    /// <summary>Returns the entry in flow style.</summary>
    /// <param name="isJson">True to quote everything as in JSON.</param>
    public string ToFlow(bool isJson)
    {
        var key = isJson ? ScalarText.Quote(Key) : Key;
        return $"{key}: {(Value is null ? ToFlow(Children, isJson) : isJson ? ScalarText.Quote(Value) : ScalarText.Format(Value))}";
    }

    /// <summary>Returns a mapping of entries in flow style.</summary>
    public static string ToFlow(IEnumerable<NewEntry> entries, bool isJson) =>
        "{" + string.Join(", ", entries.Select(e => e.ToFlow(isJson))) + "}";
}

/// <summary>Formats a text as a YAML scalar.</summary>
internal static class ScalarText
{
    private static readonly HashSet<string> ReservedWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "y", "yes", "n", "no", "true", "false", "on", "off", "null",
    };

    /// <summary>Formats a text as a plain scalar if it stays a text, else in double quotes.</summary>
    public static string Format(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>Formats a text in the style of another one.</summary>
    public static string FormatAs(YamlStyle style, string value) => style switch
    {
        YamlStyle.SingleQuoted => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        YamlStyle.DoubleQuoted => Quote(value),
        _ => Format(value),
    };

    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // An unquoted 0123 or 1e5 would be read as a number.
    private static bool IsPlain(string value) =>
        value.Length > 0
        && char.IsAsciiLetter(value[0])
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !ReservedWords.Contains(value);
}
