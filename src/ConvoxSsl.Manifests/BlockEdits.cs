namespace ConvoxSsl.Manifests;

/// <summary>Edits mappings in block style. Each method returns the possible edits, the best first.</summary>
internal static class BlockEdits
{
    /// <summary>Adds an entry after <paramref name="preferred"/>, or else as late as possible, and always after merge keys.</summary>
    public static IEnumerable<TextEdit> Add(string text, YamlMapping mapping, string? preferred, NewEntry entry, int step)
    {
        var first = mapping.Entries[0].Key.Span.Start;
        if (YamlLines.FindIndentation(text, first) is not { } indentation)
        {
            yield break;
        }

        // Convox's parser lets a merge key override the entries above it.
        var merge = mapping.Entries.Select((e, i) => e.IsMerge ? i : -1).Max();
        var after = mapping.Entries
            .Skip(Math.Max(merge, 0))
            .Reverse()
            .OrderByDescending(e => preferred is not null && e.Name == preferred);
        var lines = entry.ToLines(indentation, step).ToArray();
        foreach (var at in after.Select(e => EntryText.FindNextLine(text, e)).OfType<int>())
        {
            yield return TextEdit.InsertLines(text, at, lines);
        }

        if (merge < 0)
        {
            yield return TextEdit.InsertLines(text, YamlLines.FindStart(text, first), lines);
        }
    }

    /// <summary>Adds entries below a key without a value.</summary>
    public static IEnumerable<TextEdit> Fill(string text, YamlEntry empty, IReadOnlyList<NewEntry> entries, int step)
    {
        if (YamlLines.FindIndentation(text, empty.Key.Span.Start) is { } indentation && EntryText.FindNextLine(text, empty) is { } at)
        {
            yield return TextEdit.InsertLines(text, at, entries.SelectMany(e => e.ToLines(indentation + new string(' ', step), step)));
        }
    }

    /// <summary>Removes the lines of an entry. Comments on separate lines stay if possible.</summary>
    public static IEnumerable<TextEdit> Remove(string text, YamlEntry entry)
    {
        var start = entry.Key.Span.Start;
        if (YamlLines.FindIndentation(text, start) is null
            || EntryText.FindEnd(text, entry) is not { } end
            || !YamlLines.EndsLine(text, end))
        {
            yield break;
        }

        var (from, to) = (YamlLines.FindStart(text, start), YamlLines.FindNext(text, end));
        if (entry.Value is YamlMapping { IsFlow: false } below)
        {
            var head = YamlLines.FindNext(text, start);
            var child = YamlLines.FindStart(text, below.Entries[0].Key.Span.Start);
            yield return TextEdit.RemoveLines(text, [(from, head), .. FindContentLines(text, head, child), (child, to)]);
        }

        yield return TextEdit.RemoveLines(text, [(from, to)]);
    }

    // There may be comments, empty lines and an anchor between a key and its first child.
    private static IEnumerable<(int Start, int End)> FindContentLines(string text, int from, int to)
    {
        for (var at = from; at < to; at = YamlLines.FindNext(text, at))
        {
            var line = text.AsSpan(at, YamlLines.FindEnd(text, at) - at).TrimStart(" \t");
            if (line.Length > 0 && line[0] != '#')
            {
                yield return (at, YamlLines.FindNext(text, at));
            }
        }
    }
}
