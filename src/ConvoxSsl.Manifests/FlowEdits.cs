namespace ConvoxSsl.Manifests;

/// <summary>Edits of mappings that are written in braces. Each gives the ways there are, the best first.</summary>
internal static class FlowEdits
{
    /// <summary>Adds an entry behind the last one.</summary>
    public static IEnumerable<TextEdit> Add(string text, YamlMapping mapping, NewEntry entry)
    {
        var written = entry.ToFlow(IsJson(mapping));
        if (mapping.Entries.Count == 0)
        {
            yield return TextEdit.Insert(mapping.Span.Body + 1, written);
            yield break;
        }

        foreach (var last in mapping.Entries.Reverse())
        {
            if (EntryText.FindEnd(text, last) is { } end)
            {
                // A comma right behind a colon would be taken for a part of the key.
                yield return TextEdit.Insert(end, $"{(text[end - 1] == ':' ? " " : string.Empty)}, {written}");
            }
        }
    }

    /// <summary>Whether a mapping is written as JSON would be.</summary>
    public static bool IsJson(YamlMapping mapping) => mapping.IsFlow && mapping.Entries is [{ Key: YamlScalar { Style: YamlStyle.DoubleQuoted } }, ..];

    /// <summary>Removes an entry with one of the commas beside it.</summary>
    public static IEnumerable<TextEdit> Remove(string text, YamlMapping mapping, YamlEntry entry)
    {
        var start = entry.Key.Span.Start;
        if (EntryText.FindEnd(text, entry) is not { } end)
        {
            yield break;
        }

        var index = mapping.Entries.TakeWhile(e => !ReferenceEquals(e, entry)).Count();
        var previous = index > 0 ? EntryText.FindEnd(text, mapping.Entries[index - 1]) : null;
        if (previous is { } before && text.AsSpan(before, start - before).IndexOfAnyExcept(" \t,") < 0)
        {
            yield return TextEdit.Replace(before, end, string.Empty);
        }

        var next = end;
        while (next < text.Length && YamlLines.IsBlank(text[next]))
        {
            next++;
        }

        if (next < text.Length && text[next] == ',')
        {
            yield return Cut(text, start, next + 1);
        }

        if (previous is { } earlier && YamlLines.SkipSpace(text, earlier) is var comma && text[comma] == ',')
        {
            yield return Cut(text, start, end, new Replacement(comma, comma + 1, string.Empty));
        }

        yield return TextEdit.Replace(start, end, string.Empty);
    }

    // The whole line where nothing else stands in it, else also the blanks behind.
    private static TextEdit Cut(string text, int start, int end, params Replacement[] others)
    {
        var lineStart = YamlLines.StartOf(text, start);
        var lineEnd = YamlLines.EndOf(text, end);
        var isAlone = string.IsNullOrWhiteSpace(text[lineStart..start]) && string.IsNullOrWhiteSpace(text[end..lineEnd]);
        while (!isAlone && end < text.Length && YamlLines.IsBlank(text[end]))
        {
            end++;
        }

        return new TextEdit([.. others, isAlone ? new Replacement(lineStart, YamlLines.NextOf(text, end), string.Empty) : new Replacement(start, end, string.Empty)]);
    }
}
