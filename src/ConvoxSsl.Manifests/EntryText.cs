namespace ConvoxSsl.Manifests;

/// <summary>Where an entry of a mapping begins and ends in the text.</summary>
internal static class EntryText
{
    /// <summary>Behind the colon of an entry; behind its key where it has none, as in <c>{a, b}</c>.</summary>
    public static int AfterColon(string text, YamlEntry entry)
    {
        var end = EndOf(text, entry.Key) ?? entry.Key.Span.End;
        return HasColon(text, entry) ? Lines.SkipSpace(text, end) + 1 : end;
    }

    public static bool HasColon(string text, YamlEntry entry)
    {
        var at = Lines.SkipSpace(text, EndOf(text, entry.Key) ?? entry.Key.Span.End);
        return at < text.Length && text[at] == ':';
    }

    /// <summary>Behind an entry's last character; null where that can't be said.</summary>
    public static int? EndOf(string text, YamlEntry entry) =>
        entry.Value is YamlScalar { IsEmpty: true, Anchor: null, Tag: null } ? AfterColon(text, entry) : EndOf(text, entry.Value);

    /// <summary>Where a line can be inserted that follows an entry of a block; null where that can't be said.</summary>
    public static int? NextLine(string text, YamlEntry entry) =>
        LastOf(entry.Value) is YamlScalar { Style: YamlStyle.Block } block ? block.Span.End
        : EndOf(text, entry) is { } end && Lines.EndsLine(text, end) ? Lines.NextOf(text, end)
        : null;

    private static int? EndOf(string text, YamlNode node) => node switch
    {
        YamlScalar { IsEmpty: true, Anchor: null, Tag: null } => null,
        YamlScalar { Style: YamlStyle.Block } => text.AsSpan(0, node.Span.End).TrimEnd(" \t\r\n").Length,
        YamlMapping { IsFlow: false, Entries: [.., var last] } => EndOf(text, last),
        YamlSequence { IsFlow: false, Items: [.., var last] } => EndOf(text, last),
        _ => node.Span.End,
    };

    private static YamlNode LastOf(YamlNode node) => node switch
    {
        YamlMapping { IsFlow: false, Entries: [.., var last] } => LastOf(last.Value),
        YamlSequence { IsFlow: false, Items: [.., var last] } => LastOf(last),
        _ => node,
    };
}
