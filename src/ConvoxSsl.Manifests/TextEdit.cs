using System.Text;

namespace ConvoxSsl.Manifests;

/// <summary>A part of a text, and what takes its place.</summary>
internal sealed record Replacement(int Start, int End, string Text);

/// <summary>Replacements that leave all else as it is; they do not overlap.</summary>
internal sealed class TextEdit(params Replacement[] replacements)
{
    public static TextEdit Replace(int start, int end, string text) => new(new Replacement(start, end, text));

    public static TextEdit Insert(int at, string text) => Replace(at, at, text);

    /// <summary>Inserts whole lines where one begins, or behind a last line that does not end.</summary>
    public static TextEdit InsertLines(string text, int at, IEnumerable<string> lines)
    {
        var newLine = YamlLines.BreakFor(text, at);
        return Insert(at, YamlLines.IsStart(text, at) ? string.Concat(lines.Select(l => l + newLine)) : string.Concat(lines.Select(l => newLine + l)));
    }

    /// <summary>
    /// Removes whole lines. Where the last line of the text goes and did not end, the one before does not end either.
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
            joined[^1] = last with { Start = last.Start - YamlLines.BreakFor(text, last.Start).Length };
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
