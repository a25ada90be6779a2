using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Fuzzing.Mutations;

/// <summary>Changes the type or size of one or two values of a JSON document, or duplicates a member; sometimes changes bytes.</summary>
internal sealed class JsonMutator : IMutator
{
    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "1e400", "99999999999999999999", "2147483648", "0.5", "\"\"", "\"x\"", "[]", "{}",
            "[null]", "[[]]", "[{}]", "[\"\"]",
            "{\"\":null}", "\"\\ud800\"", "\"\\u0000\\u001b[2J\"", "\"2026-13-45T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"",
            "\"9999-12-31T23:59:59-14:00\"",
            "\"1.00:00:00\"", "\"https://[\"", "\"//x\"", "\"relative/path\"", "\"mailto:a@b\"", "\"https://xn--a/\"",
            "\"http://ca.example/\"", "\"file:///etc\"",
            "\"../../../x\"", "\"*.\"", "\"a..b\"", "\"\\\"\"", "\"\\\\999\"", "\"urn:ietf:params:acme:error:\"",
            "\"urn:ietf:params:acme:error:badNonce\"", "\"pending\"", "NaN", "'x'", "",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'"', 0xFF, 0xFE, 0xC0, (byte)'"'],
        [(byte)'"', .. Enumerable.Repeat((byte)'a', 70_000), (byte)'"'],
        [.. Enumerable.Repeat((byte)'[', 70), .. Enumerable.Repeat((byte)']', 70)],
        [.. Enumerable.Repeat("{\"a\":"u8.ToArray(), 5000).SelectMany(part => part)],
        [(byte)'[', .. Enumerable.Repeat("{},"u8.ToArray(), 3000).SelectMany(part => part), (byte)'0', (byte)']'],
    ];

    private readonly ByteMutator _bytes = new("null", "{", "}", "[", "]", "\"", ",", ":", "\\u", "\uFEFF", "//", "/*");

    public byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        if (random.Next(5) == 0)
        {
            return _bytes.Mutate(seeds, random);
        }

        var document = JsonNode.Parse(seeds[random.Next(seeds.Count)])!;
        var nodes = Nodes(document).ToList();
        var changes = new Dictionary<JsonNode, (bool Twice, byte[] Value)>();
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var other = random.Next(6) == 0
                ? Encoding.UTF8.GetBytes(nodes[random.Next(nodes.Count)].ToJsonString())
                : Values[random.Next(Values.Length)];
            changes[nodes[random.Next(nodes.Count)]] = (random.Next(8) == 0, other);
        }

        using var output = new MemoryStream();
        if (random.Next(50) == 0)
        {
            output.Write("\uFEFF"u8);
        }

        Write(document, changes, output);
        return output.ToArray();
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        IEnumerable<JsonNode?> inner = node switch { JsonObject o => o.Select(p => p.Value), JsonArray a => a, _ => [] };
        return inner.OfType<JsonNode>().SelectMany(Nodes).Prepend(node);
    }

    // Edit the text instead of nodes, because the result need not be JSON.
    private static void Write(JsonNode? node, Dictionary<JsonNode, (bool Twice, byte[] Value)> changes, Stream output)
    {
        if (node is not null && changes.TryGetValue(node, out var change) && !change.Twice)
        {
            output.Write(change.Value);
            return;
        }

        switch (node)
        {
            case JsonObject members:
                WriteAll('{', '}', members.SelectMany(m => Members(m.Key, m.Value, changes)), output, changes);
                break;
            case JsonArray items:
                WriteAll('[', ']', items.Select(i => ((string?)null, i, (byte[]?)null)), output, changes);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static IEnumerable<(string? Name, JsonNode? Node, byte[]? Value)> Members(
        string name, JsonNode? node, Dictionary<JsonNode, (bool Twice, byte[] Value)> changes)
    {
        yield return (name, node, null);
        if (node is not null && changes.TryGetValue(node, out var change) && change.Twice)
        {
            yield return (name, null, change.Value);
        }
    }

    private static void WriteAll(
        char open,
        char close,
        IEnumerable<(string? Name, JsonNode? Node, byte[]? Value)> parts,
        Stream output,
        Dictionary<JsonNode, (bool Twice, byte[] Value)> changes)
    {
        output.WriteByte((byte)open);
        var first = true;
        foreach (var (name, node, value) in parts)
        {
            output.Write(first ? [] : ","u8);
            first = false;
            if (name is not null)
            {
                output.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(name)));
                output.WriteByte((byte)':');
            }

            if (value is not null)
            {
                output.Write(value);
            }
            else
            {
                Write(node, changes, output);
            }
        }

        output.WriteByte((byte)close);
    }
}
