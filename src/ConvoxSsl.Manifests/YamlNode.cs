namespace ConvoxSsl.Manifests;

/// <summary>A node of a YAML syntax tree. Aliases are not resolved, and every node has a position.</summary>
internal abstract class YamlNode(YamlSpan span, string? anchor, string? tag)
{
    public YamlSpan Span { get; } = span;

    public string? Anchor { get; } = anchor;

    public string? Tag { get; } = tag;

    /// <summary>The node itself, or the target of an alias.</summary>
    public virtual YamlNode Target => this;
}

/// <summary>The position of a node.</summary>
/// <param name="Start">The beginning of the anchor or tag, or else of the content.</param>
/// <param name="Body">The beginning of the content, after the anchor and tag.</param>
/// <param name="End">The position after the last character. For blocks use the last child; it is not known for an empty node.</param>
/// <param name="Line">The line of the start, from 1.</param>
/// <param name="Column">The column of the content, from 1.</param>
internal readonly record struct YamlSpan(int Start, int Body, int End, int Line, int Column);

/// <summary>The style of a scalar.</summary>
internal enum YamlStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

internal sealed class YamlScalar(YamlSpan span, string? anchor, string? tag, string value, YamlStyle style)
    : YamlNode(span, anchor, tag)
{
    public string Value { get; } = value;

    public YamlStyle Style { get; } = style;

    /// <summary>True if the node has no text.</summary>
    public bool IsEmpty => Style == YamlStyle.Plain && Value.Length == 0;

    /// <summary>True if the value is null (YAML 1.1).</summary>
    public bool IsNull => Style == YamlStyle.Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class YamlAlias(YamlSpan span, string name, YamlNode target) : YamlNode(span, null, null)
{
    public string Name { get; } = name;

    public override YamlNode Target { get; } = target;
}

internal sealed class YamlSequence(YamlSpan span, string? anchor, string? tag, bool isFlow, IReadOnlyList<YamlNode> items)
    : YamlNode(span, anchor, tag)
{
    public bool IsFlow { get; } = isFlow;

    public IReadOnlyList<YamlNode> Items { get; } = items;
}

internal sealed class YamlMapping(YamlSpan span, string? anchor, string? tag, bool isFlow, IReadOnlyList<YamlEntry> entries)
    : YamlNode(span, anchor, tag)
{
    public bool IsFlow { get; } = isFlow;

    public IReadOnlyList<YamlEntry> Entries { get; } = entries;
}

/// <summary>A key of a mapping with its value.</summary>
internal sealed class YamlEntry(YamlNode key, YamlNode value)
{
    public YamlNode Key { get; } = key;

    public YamlNode Value { get; } = value;

    /// <summary>The key if it is a scalar, else null.</summary>
    public string? Name => (Key.Target as YamlScalar)?.Value;

    /// <summary>True for a merge key, which adds the entries of other mappings.</summary>
    public bool IsMerge => Key is YamlScalar { Value: "<<", Style: YamlStyle.Plain, Tag: null };
}
