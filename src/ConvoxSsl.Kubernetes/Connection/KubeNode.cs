using System.Globalization;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>A value in a kubeconfig file, or the absence of one. Errors name the file and the line, never the content.</summary>
/// <param name="file">The file.</param>
/// <param name="node">The value; null if it is absent.</param>
internal sealed class KubeNode(string file, YamlNode? node)
{
    private const int MaxDepth = 32;
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    /// <summary>The member of that name; an absent value has none.</summary>
    public KubeNode this[string key] => new(file, Find(node, key, 0));

    /// <summary>True if there is a value.</summary>
    public bool Exists => node is not null && !IsNull(node);

    /// <summary>The text; null if it is absent or empty.</summary>
    public string? Text => !Exists ? null
        : node is YamlScalarNode { Value: { } text } ? (text.Length == 0 ? null : text)
        : throw Unexpected("a text");

    /// <summary>The flag; false if it is absent.</summary>
    public bool Flag => Text switch
    {
        null or "false" or "False" or "FALSE" => false,
        "true" or "True" or "TRUE" => true,
        _ => throw Unexpected("true or false"),
    };

    /// <summary>The items of a list; empty if it is absent.</summary>
    public IReadOnlyList<KubeNode> Items => !Exists ? []
        : node is YamlSequenceNode list ? [.. list.Children.Select(item => new KubeNode(file, item))]
        : throw Unexpected("a list");

    /// <summary>The texts of a list; empty if it is absent.</summary>
    public IReadOnlyList<string> Texts => [.. Items.Select(item => item.Text ?? string.Empty)];

    /// <summary>The members of a mapping; empty if it is absent.</summary>
    public IReadOnlyList<(string Key, KubeNode Value)> Members => !Exists ? []
        : node is YamlMappingNode mapping
            ? [.. mapping.Children.Select(member => (NameOf(member.Key), new KubeNode(file, member.Value)))]
        : throw Unexpected("a mapping");

    /// <summary>Returns the value as JSON.</summary>
    public JsonNode? ToJson() => ToJson(node, 0);

    // The depth is limited, because a merge key can refer to its own mapping.
    private YamlNode? Find(YamlNode? value, string key, int depth)
    {
        if (depth > MaxDepth)
        {
            throw TooDeep();
        }

        return value is not YamlMappingNode mapping ? null
            : mapping.Children.TryGetValue(key, out var child) ? child
            : !mapping.Children.TryGetValue("<<", out var merged) ? null
            : merged is YamlSequenceNode list
                ? list.Children.Select(item => Find(item, key, depth + 1)).FirstOrDefault(found => found is not null)
            : Find(merged, key, depth + 1);
    }

    private JsonNode? ToJson(YamlNode? value, int depth) => value switch
    {
        _ when depth > MaxDepth => throw TooDeep(),
        null => null,
        { } given when IsNull(given) => null,
        YamlSequenceNode list => new JsonArray(list.Children.Select(item => ToJson(item, depth + 1)).ToArray()),
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(member =>
            KeyValuePair.Create(NameOf(member.Key), ToJson(member.Value, depth + 1)))),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } number
            when long.TryParse(number.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => null,
    };

    private static string NameOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? string.Empty;

    private static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain } scalar && Nulls.Contains(scalar.Value);

    private InvalidInputException TooDeep() =>
        KubeConfig.Invalid(file, $"line {node!.Start.Line} is nested deeper than {MaxDepth} levels.");

    private InvalidInputException Unexpected(string expected) => KubeConfig.Invalid(file, $"line {node!.Start.Line} is not {expected}.");
}
