using ConvoxSsl.Engine;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ConvoxSsl.Manifests;

/// <summary>The syntax tree of the first document of a YAML text, the one that Convox reads.</summary>
internal sealed class YamlDocument
{
    // Far deeper than any manifest. Limits the recursion.
    private const int MaxDepth = 64;
    private const int MaxLength = 1 << 20;

    private readonly string _text;
    private readonly string _path;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly List<YamlAlias> _aliases = [];

    private YamlDocument(string text, string path)
    {
        _text = text;
        _path = path;
        _parser = new Parser(new StringReader(Interpolation.Hide(text)));
    }

    /// <summary>The root node; null if the document is empty.</summary>
    public YamlNode? Root { get; private set; }

    /// <summary>Returns the lines of the aliases of a node.</summary>
    public IEnumerable<int> FindAliasLines(YamlNode node) =>
        _aliases.Where(a => ReferenceEquals(a.Target, node)).Select(a => a.Span.Line);

    /// <exception cref="InvalidInputException"><c>InvalidManifest</c>.</exception>
    public static YamlDocument Parse(string text, string path)
    {
        var document = new YamlDocument(text, path);
        document.RequireReadable();
        try
        {
            document.Root = document.Read();
        }
        catch (YamlException e)
        {
            throw CreateException(
                path, (int)e.Start.Line, (int)e.Start.Column, e.Message.TrimEnd('.'), "Convox cannot read it either; correct it", e);
        }

        return document;
    }

    /// <summary>Creates the error of an invalid manifest.</summary>
    public static InvalidInputException CreateException(
        string path, int line, int column, string rule, string remedy, Exception? inner = null) =>
        new(ErrorCode.InvalidManifest, $"'{path}' is not a valid manifest: line {line}, column {column}: {rule}.", path, inner)
        {
            Remedy = $"{remedy}.",
        };

    // Rejects what YamlDotNet accepts but libyaml, and so Convox, does not.
    private void RequireReadable()
    {
        if (_text.Length > MaxLength)
        {
            throw CreateException(_path, 1, 1, $"it has {_text.Length} characters, more than the maximum of {MaxLength}", "Check the path");
        }

        for (var i = 0; i < _text.Length; i++)
        {
            var c = _text[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < _text.Length && char.IsLowSurrogate(_text[i + 1]);
            var isControl = char.IsControl(c) && c is not ('\t' or '\r' or '\n' or '\u0085');
            if (isControl || (char.IsSurrogate(c) && !isPair))
            {
                var (line, column) = YamlLines.GetPosition(_text, i);
                throw CreateException(
                    _path, line, column, $"it contains the character U+{(int)c:X4}, which YAML does not allow", "Remove it");
            }

            i += isPair ? 1 : 0;
        }
    }

    private YamlNode? Read()
    {
        Advance();
        Advance();
        if (_parser.Current is not DocumentStart)
        {
            return null;
        }

        Advance();
        return ReadNode(0);
    }

    private void Advance()
    {
        var last = _parser.Current?.End ?? Mark.Empty;
        try
        {
            do
            {
                _parser.MoveNext();
            }
            while (_parser.Current is Comment);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException
            or ArithmeticException or FormatException)
        {
            // YamlDotNet throws these for some invalid texts.
            throw CreateException(
                _path,
                (int)last.Line,
                (int)last.Column,
                "it is not valid YAML after this position",
                "Convox cannot read it either; correct it",
                e);
        }
    }

    // Leaves the parser at the event after the node.
    private YamlNode ReadNode(int depth)
    {
        var start = _parser.Current!;
        if (depth > MaxDepth)
        {
            throw CreateException(
                _path, (int)start.Start.Line, (int)start.Start.Column, $"it is nested deeper than {MaxDepth} levels", "Check the path");
        }

        Advance();
        switch (start)
        {
            case AnchorAlias alias:
                return ReadAlias(alias);
            case Scalar scalar:
                return RegisterAnchor(ReadScalar(scalar));
            case SequenceStart sequence:
                var items = new List<YamlNode>();
                while (_parser.Current is not SequenceEnd)
                {
                    items.Add(ReadNode(depth + 1));
                }

                return RegisterAnchor(new YamlSequence(
                    EndCollection(sequence), GetAnchor(sequence), GetTag(sequence), sequence.Style == SequenceStyle.Flow, items));
            case MappingStart mapping:
                var entries = new List<YamlEntry>();
                while (_parser.Current is not MappingEnd)
                {
                    entries.Add(new YamlEntry(ReadNode(depth + 1), ReadNode(depth + 1)));
                }

                return RegisterAnchor(new YamlMapping(
                    EndCollection(mapping), GetAnchor(mapping), GetTag(mapping), mapping.Style == MappingStyle.Flow, entries));
            default:
                throw CreateException(_path, (int)start.Start.Line, (int)start.Start.Column, "it is incomplete", "Correct it");
        }
    }

    // Registered after the end of the node, so that no node can contain itself.
    private YamlNode RegisterAnchor(YamlNode node)
    {
        if (node.Anchor is not null)
        {
            _anchors[node.Anchor] = node;
        }

        return node;
    }

    private YamlAlias ReadAlias(AnchorAlias alias)
    {
        var name = alias.Value.Value;
        var start = alias.Start;
        var span = new YamlSpan((int)start.Index, (int)start.Index, (int)alias.End.Index, (int)start.Line, (int)start.Column);
        var target = _anchors.GetValueOrDefault(name) ?? throw CreateException(
            _path, span.Line, span.Column, $"the anchor of '*{name}' is missing, or not complete yet", "Define it above");
        var node = new YamlAlias(span, name, target);
        _aliases.Add(node);
        return node;
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var style = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => YamlStyle.SingleQuoted,
            ScalarStyle.DoubleQuoted => YamlStyle.DoubleQuoted,
            ScalarStyle.Literal or ScalarStyle.Folded => YamlStyle.Block,
            _ => YamlStyle.Plain,
        };
        var (start, end) = ((int)scalar.Start.Index, (int)scalar.End.Index);
        var isEmpty = style == YamlStyle.Plain && scalar.Value.Length == 0;
        var body = YamlLines.SkipProperties(_text, start, isEmpty);
        var span = new YamlSpan(start, body, isEmpty ? body : end, (int)scalar.Start.Line, (int)scalar.Start.Column);
        return new YamlScalar(span, GetAnchor(scalar), GetTag(scalar), Interpolation.Restore(scalar.Value), style);
    }

    private YamlSpan EndCollection(NodeEvent start)
    {
        var end = _parser.Current!.End;
        Advance();
        var body = start.End;

        // The parser reports the end of a flow collection at its closing bracket.
        return new YamlSpan((int)start.Start.Index, (int)body.Index, (int)end.Index + 1, (int)start.Start.Line, (int)body.Column);
    }

    private static string? GetAnchor(NodeEvent node) => node.Anchor.IsEmpty ? null : node.Anchor.Value;

    private static string? GetTag(NodeEvent node) => node.Tag.IsEmpty ? null : node.Tag.IsNonSpecific ? "!" : node.Tag.Value;
}
