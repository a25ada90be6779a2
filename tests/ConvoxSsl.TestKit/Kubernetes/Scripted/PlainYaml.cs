using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>
/// Reads the YAML of generated CustomResourceDefinitions: block maps and lists, scalars, and literal texts after <c>|</c>. It
/// does not read other YAML.
/// </summary>
internal sealed class PlainYaml
{
    private readonly string[] _lines;
    private int _at;

    private PlainYaml(string text) => _lines = text.Split('\n');

    public static JsonObject Read(string text) => new PlainYaml(text).Node(0)!.AsObject();

    private JsonNode? Node(int indent) =>
        Peek() is { } line && Indent(line) >= indent ? IsItem(line) ? List(Indent(line)) : Map(Indent(line)) : null;

    private JsonObject Map(int indent)
    {
        var map = new JsonObject();
        while (Peek() is { } line && Indent(line) == indent && !IsItem(line))
        {
            _at++;
            ReadMember(map, line.TrimStart(), indent);
        }

        return map;
    }

    private JsonArray List(int indent)
    {
        var list = new JsonArray();
        while (Peek() is { } line && Indent(line) == indent && IsItem(line))
        {
            var content = line[(indent + 1)..].TrimStart();
            if (KeyEnd(content) > 0)
            {
                // Treat the dash as a space: a map's first line follows.
                _lines[_at] = line[..indent] + " " + line[(indent + 1)..];
                list.Add(Map(Indent(_lines[_at])));
            }
            else
            {
                _at++;
                list.Add(Scalar(content));
            }
        }

        return list;
    }

    private void ReadMember(JsonObject map, string content, int indent)
    {
        var end = KeyEnd(content);
        var (name, text) = (content[..end].Trim('"', '\''), content[(end + 1)..].Trim());
        if (text is ['|' or '>', ..])
        {
            map[name] = string.Join('\n', Block(indent));
        }
        else if (text.Length > 0)
        {
            // A long text continues in the following indented lines.
            map[name] = Scalar(string.Join(' ', (string[])[text, .. Block(indent)]).Trim());
        }
        else
        {
            // A list may begin below its key without indentation.
            map[name] = Peek() is { } next && (Indent(next) > indent || (Indent(next) == indent && IsItem(next))) ? Node(indent) : null;
        }
    }

    private string[] Block(int indent)
    {
        var start = _at;
        while (_at < _lines.Length && (_lines[_at].Trim().Length == 0 || Indent(_lines[_at]) > indent))
        {
            _at++;
        }

        return [.. _lines[start.._at].Select(l => l.Trim())];
    }

    private string? Peek()
    {
        while (_at < _lines.Length && (_lines[_at].Trim() is "" or "---" || _lines[_at].TrimStart().StartsWith('#')))
        {
            _at++;
        }

        return _at < _lines.Length ? _lines[_at].TrimEnd() : null;
    }

    private static JsonNode? Scalar(string text) => text switch
    {
        "{}" => new JsonObject(),
        "[]" => new JsonArray(),
        "null" or "~" => null,
        "true" => true,
        "false" => false,
        ['\'', .. var inner, '\''] => inner.Replace("''", "'", StringComparison.Ordinal),
        ['"', .., '"'] => JsonNode.Parse(text),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };

    private static int KeyEnd(string content)
    {
        var end = content.StartsWith('"') || content.StartsWith('\'') ? -1 : content.IndexOf(": ", StringComparison.Ordinal);
        return end > 0 ? end : content.EndsWith(':') ? content.Length - 1 : -1;
    }

    private static bool IsItem(string line) => line.TrimStart() is "-" or ['-', ' ', ..];

    private static int Indent(string line) => line.Length - line.TrimStart().Length;
}
