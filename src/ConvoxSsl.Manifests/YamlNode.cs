namespace ConvoxSsl.Manifests;

/// <summary>A node of a YAML document as it is written: aliases stay aliases, and where it stands in the text is known.</summary>
internal abstract class YamlNode(YamlSpan span, string? anchor, string? tag)
{
    public YamlSpan Span { get; } = span;

    public string? Anchor { get; } = anchor;

    public string? Tag { get; } = tag;

    /// <summary>The node itself, or what an alias stands for.</summary>
    public virtual YamlNode Target => this;
}

/// <summary>Where a node stands.</summary>
/// <param name="Start">Where its anchor or tag begins, else its content.</param>
/// <param name="Body">Where its content begins, behind anchor and tag.</param>
/// <param name="End">Behind its last character. In blocks the last child knows; of an empty node nobody does.</param>
/// <param name="Line">The line of its start, from 1.</param>
/// <param name="Column">The column of its content, from 1.</param>
internal readonly record struct YamlSpan(int Start, int Body, int End, int Line, int Column);

/// <summary>How a scalar is written.</summary>
internal enum YamlStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

internal sealed class YamlScalar(YamlSpan span, string? anchor, string? tag, string value, YamlStyle style) : YamlNode(span, anchor, tag)
{
    public string Value { get; } = value;

    public YamlStyle Style { get; } = style;

    /// <summary>Whether nothing is written at all.</summary>
    public bool IsEmpty => Style == YamlStyle.Plain && Value.Length == 0;

    /// <summary>Whether it means null (YAML 1.1).</summary>
    public bool IsNull => Style == YamlStyle.Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class YamlAlias(YamlSpan span, string name, YamlNode target) : YamlNode(span, null, null)
{
    public string Name { get; } = name;

    public override YamlNode Target { get; } = target;
}

internal sealed class YamlSequence(YamlSpan span, string? anchor, string? tag, bool isFlow, IReadOnlyList<YamlNode> items) : YamlNode(span, anchor, tag)
{
    public bool IsFlow { get; } = isFlow;

    public IReadOnlyList<YamlNode> Items { get; } = items;
}

internal sealed class YamlMapping(YamlSpan span, string? anchor, string? tag, bool isFlow, IReadOnlyList<YamlEntry> entries) : YamlNode(span, anchor, tag)
{
    public bool IsFlow { get; } = isFlow;

    public IReadOnlyList<YamlEntry> Entries { get; } = entries;
}

/// <summary>A key of a mapping, and its value.</summary>
internal sealed class YamlEntry(YamlNode key, YamlNode value)
{
    public YamlNode Key { get; } = key;

    public YamlNode Value { get; } = value;

    /// <summary>The key where it is a scalar, else null.</summary>
    public string? Name => (Key.Target as YamlScalar)?.Value;

    /// <summary>Whether it is a merge key, which brings the entries of other mappings.</summary>
    public bool IsMerge => Key is YamlScalar { Value: "<<", Style: YamlStyle.Plain, Tag: null };
}
