namespace ConvoxSsl.Manifests;

/// <summary>Finds the end of a mapping entry in the text.</summary>
internal static class EntryText
{
    /// <summary>Finds the position after the colon of an entry, or after its key if it has none, as in <c>{a, b}</c>.</summary>
    public static int FindColonEnd(string text, YamlEntry entry)
    {
        var end = FindEnd(text, entry.Key) ?? entry.Key.Span.End;
        return HasColon(text, entry) ? YamlLines.SkipSpace(text, end) + 1 : end;
    }

    public static bool HasColon(string text, YamlEntry entry)
    {
        var at = YamlLines.SkipSpace(text, FindEnd(text, entry.Key) ?? entry.Key.Span.End);
        return at < text.Length && text[at] == ':';
    }

    /// <summary>Finds the position after the last character of an entry; null if it is not known.</summary>
    public static int? FindEnd(string text, YamlEntry entry) =>
        entry.Value is YamlScalar { IsEmpty: true, Anchor: null, Tag: null } ? FindColonEnd(text, entry) : FindEnd(text, entry.Value);

    /// <summary>Finds the position at which a line can be inserted after a block entry; null if it is not known.</summary>
    public static int? FindNextLine(string text, YamlEntry entry) =>
        GetLastNode(entry.Value) is YamlScalar { Style: YamlStyle.Block } block ? block.Span.End
        : FindEnd(text, entry) is { } end && YamlLines.EndsLine(text, end) ? YamlLines.FindNext(text, end)
        : null;

    private static int? FindEnd(string text, YamlNode node) => node switch
    {
        YamlScalar { IsEmpty: true, Anchor: null, Tag: null } => null,
        YamlScalar { Style: YamlStyle.Block } => text.AsSpan(0, node.Span.End).TrimEnd(" \t\r\n").Length,
        YamlMapping { IsFlow: false, Entries: [.., var last] } => FindEnd(text, last),
        YamlSequence { IsFlow: false, Items: [.., var last] } => FindEnd(text, last),
        _ => node.Span.End,
    };

    private static YamlNode GetLastNode(YamlNode node) => node switch
    {
        YamlMapping { IsFlow: false, Entries: [.., var last] } => GetLastNode(last.Value),
        YamlSequence { IsFlow: false, Items: [.., var last] } => GetLastNode(last),
        _ => node,
    };
}
