using System.Xml.Linq;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Reads the compiler's XML documentation as plain text.</summary>
internal sealed class XmlDocumentation(XDocument file, Func<string, string?> nameOf)
{
    private readonly Dictionary<string, XElement> _members = file.Descendants("member")
        .GroupBy(member => (string?)member.Attribute("name") ?? string.Empty)
        .ToDictionary(group => group.Key, group => group.First());

    /// <summary>Reads the paragraphs of an element of a member's documentation; none if it is missing or empty.</summary>
    /// <param name="id">The documentation ID of the member, such as <c>T:Name.Of.Type</c>.</param>
    /// <param name="element">The name of the element, such as <c>summary</c>.</param>
    public IReadOnlyList<string> Read(string id, string element) =>
        _members.TryGetValue(id, out var member) && member.Element(element) is { } found ? Paragraphs(found) : [];

    /// <summary>Reads the examples of a member.</summary>
    public IReadOnlyList<ExampleHelp> Examples(string id) => _members.TryGetValue(id, out var member)
        ? [.. member.Elements("example").Select(example => new ExampleHelp(Code(example.Element("code")), Paragraphs(example)))]
        : [];

    /// <summary>Reads the links of a member: the ID of another member, or a URL with its text.</summary>
    public IEnumerable<(string? Member, string? Url, string Text)> Links(string id) => _members.TryGetValue(id, out var member)
        ? member.Elements("seealso").Select(link => ((string?)link.Attribute("cref"), (string?)link.Attribute("href"), Words(link.Value)))
        : [];

    private List<string> Paragraphs(XElement element)
    {
        var paragraphs = new List<string>();
        var text = new System.Text.StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" or "code" or "list" } block)
            {
                End();
                paragraphs.AddRange(block.Name.LocalName switch
                {
                    "para" => Paragraphs(block),
                    "list" => block.Elements("item").Select(item => "- " + Words(Inline(item))),
                    _ => [],
                });
            }
            else
            {
                text.Append(Inline(node));
            }
        }

        End();
        return paragraphs;

        void End()
        {
            if (Words(text.ToString()) is { Length: > 0 } words)
            {
                paragraphs.Add(words);
            }

            text.Clear();
        }
    }

    private string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" } link => Reference(link),
        XElement { Name.LocalName: "paramref" or "typeparamref" } reference => (string?)reference.Attribute("name") ?? string.Empty,
        XElement element => string.Concat(element.Nodes().Select(Inline)),
        _ => string.Empty,
    };

    private string Reference(XElement link) =>
        link.Value.Length > 0 ? link.Value
        : (string?)link.Attribute("cref") is { } member ? nameOf(member) ?? ShortName(member)
        : (string?)link.Attribute("langword") ?? (string?)link.Attribute("href") ?? string.Empty;

    // Return the last part of T:A.B.C or M:A.B.C(D.E).
    private static string ShortName(string member) => member.Split('(')[0].Split('.', ':')[^1];

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // Remove the indentation of the source.
    private static string Code(XElement? code)
    {
        var lines = (code?.Value ?? string.Empty).ReplaceLineEndings("\n").Trim('\n').TrimEnd().Split('\n');
        var indent = lines
            .Where(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty(0)
            .Min();
        return string.Join('\n', lines.Select(line => line.Length < indent ? string.Empty : line[indent..].TrimEnd()));
    }
}
