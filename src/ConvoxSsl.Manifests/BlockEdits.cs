namespace ConvoxSsl.Manifests;

/// <summary>Edits of mappings that are written in lines. Each gives the ways there are, the best first.</summary>
internal static class BlockEdits
{
    /// <summary>Adds an entry: after <paramref name="preferred"/>, else as late as possible, and always after merge keys.</summary>
    public static IEnumerable<TextEdit> Add(string text, YamlMapping mapping, string? preferred, NewEntry entry, int step)
    {
        var first = mapping.Entries[0].Key.Span.Start;
        if (YamlLines.IndentationOf(text, first) is not { } indentation)
        {
            yield break;
        }

        // Convox's reader lets a merge key win over what stands above it.
        var merge = mapping.Entries.Select((e, i) => e.IsMerge ? i : -1).Max();
        var after = mapping.Entries.Skip(Math.Max(merge, 0)).Reverse().OrderByDescending(e => preferred is not null && e.Name == preferred);
        var lines = entry.ToLines(indentation, step).ToArray();
        foreach (var at in after.Select(e => EntryText.FindNextLine(text, e)).OfType<int>())
        {
            yield return TextEdit.InsertLines(text, at, lines);
        }

        if (merge < 0)
        {
            yield return TextEdit.InsertLines(text, YamlLines.StartOf(text, first), lines);
        }
    }

    /// <summary>Writes entries below a key that has no value.</summary>
    public static IEnumerable<TextEdit> Fill(string text, YamlEntry empty, IReadOnlyList<NewEntry> entries, int step)
    {
        if (YamlLines.IndentationOf(text, empty.Key.Span.Start) is { } indentation && EntryText.FindNextLine(text, empty) is { } at)
        {
            yield return TextEdit.InsertLines(text, at, entries.SelectMany(e => e.ToLines(indentation + new string(' ', step), step)));
        }
    }

    /// <summary>Removes an entry with the lines it stands in. Comments of their own lines stay where they can.</summary>
    public static IEnumerable<TextEdit> Remove(string text, YamlEntry entry)
    {
        var start = entry.Key.Span.Start;
        if (YamlLines.IndentationOf(text, start) is null || EntryText.FindEnd(text, entry) is not { } end || !YamlLines.EndsLine(text, end))
        {
            yield break;
        }

        var (from, to) = (YamlLines.StartOf(text, start), YamlLines.NextOf(text, end));
        if (entry.Value is YamlMapping { IsFlow: false } below)
        {
            var head = YamlLines.NextOf(text, start);
            var child = YamlLines.StartOf(text, below.Entries[0].Key.Span.Start);
            yield return TextEdit.RemoveLines(text, [(from, head), .. FindContentLines(text, head, child), (child, to)]);
        }

        yield return TextEdit.RemoveLines(text, [(from, to)]);
    }

    // Between a key and its first child stand comments, empty lines, and perhaps an anchor.
    private static IEnumerable<(int Start, int End)> FindContentLines(string text, int from, int to)
    {
        for (var at = from; at < to; at = YamlLines.NextOf(text, at))
        {
            var line = text.AsSpan(at, YamlLines.EndOf(text, at) - at).TrimStart(" \t");
            if (line.Length > 0 && line[0] != '#')
            {
                yield return (at, YamlLines.NextOf(text, at));
            }
        }
    }
}
