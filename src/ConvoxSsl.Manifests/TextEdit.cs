using System.Text;

namespace ConvoxSsl.Manifests;

/// <summary>A part of a text and its replacement.</summary>
internal sealed record Replacement(int Start, int End, string Text);

/// <summary>A set of replacements that do not overlap.</summary>
internal sealed class TextEdit(params Replacement[] replacements)
{
    public static TextEdit Replace(int start, int end, string text) => new(new Replacement(start, end, text));

    public static TextEdit Insert(int at, string text) => Replace(at, at, text);

    /// <summary>Inserts whole lines at the beginning of a line, or after a last line without a line break.</summary>
    public static TextEdit InsertLines(string text, int at, IEnumerable<string> lines)
    {
        var newLine = YamlLines.GetBreakFor(text, at);
        return Insert(at, YamlLines.IsStart(text, at)
            ? string.Concat(lines.Select(line => line + newLine))
            : string.Concat(lines.Select(line => newLine + line)));
    }

    /// <summary>
    /// Removes whole lines. If the removed last line had no line break, the new last line has none either.
    /// </summary>
    public static TextEdit RemoveLines(string text, IEnumerable<(int Start, int End)> ranges)
    {
        var joined = new List<Replacement>();
        foreach (var (start, end) in ranges)
        {
            if (joined.Count > 0 && joined[^1].End == start)
            {
                joined[^1] = joined[^1] with { End = end };
            }
            else
            {
                joined.Add(new Replacement(start, end, string.Empty));
            }
        }

        if (joined[^1] is { Start: > 0 } last && last.End == text.Length && !YamlLines.IsStart(text, text.Length))
        {
            joined[^1] = last with { Start = last.Start - YamlLines.GetBreakFor(text, last.Start).Length };
        }

        return new TextEdit([.. joined]);
    }

    public string Apply(string text)
    {
        var result = new StringBuilder(text.Length + 128);
        var from = 0;
        foreach (var replacement in replacements.OrderBy(r => r.Start))
        {
            result.Append(text, from, replacement.Start - from).Append(replacement.Text);
            from = replacement.End;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }
}
