namespace ConvoxSsl.Manifests;

/// <summary>Edits mappings in flow style. Each method returns the possible edits, the best first.</summary>
internal static class FlowEdits
{
    /// <summary>Adds an entry after the last one.</summary>
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
                // A comma directly after a colon would belong to the key.
                yield return TextEdit.Insert(end, $"{(text[end - 1] == ':' ? " " : string.Empty)}, {written}");
            }
        }
    }

    /// <summary>Returns true if a mapping is written as JSON.</summary>
    public static bool IsJson(YamlMapping mapping) =>
        mapping.IsFlow && mapping.Entries is [{ Key: YamlScalar { Style: YamlStyle.DoubleQuoted } }, ..];

    /// <summary>Removes an entry with one of the adjacent commas.</summary>
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

    // Removes the whole line if it has no other text, or else also the blanks after the entry.
    private static TextEdit Cut(string text, int start, int end, params Replacement[] others)
    {
        var lineStart = YamlLines.FindStart(text, start);
        var lineEnd = YamlLines.FindEnd(text, end);
        var isAlone = string.IsNullOrWhiteSpace(text[lineStart..start]) && string.IsNullOrWhiteSpace(text[end..lineEnd]);
        while (!isAlone && end < text.Length && YamlLines.IsBlank(text[end]))
        {
            end++;
        }

        var replacement = isAlone
            ? new Replacement(lineStart, YamlLines.FindNext(text, end), string.Empty)
            : new Replacement(start, end, string.Empty);
        return new TextEdit([.. others, replacement]);
    }
}
