using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Patches of JSON documents.</summary>
internal static class Patches
{
    /// <summary>Applies a merge patch (RFC 7386). Strategic merge patches treat maps the same way; lists are replaced.</summary>
    public static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                target[name] = Merge(target[name] as JsonObject is { } old ? old.Copy() : [], inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }

        return target;
    }

    /// <summary>Reads the operations of a JSON patch.</summary>
    /// <exception cref="ApiProblem">The patch is not a list.</exception>
    public static JsonArray Read(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonArray ?? throw ApiProblem.BadRequest("error decoding patch: it is no list");
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    /// <summary>Applies a JSON patch (RFC 6902).</summary>
    /// <exception cref="ApiProblem">An operation is not possible, or a test fails.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        foreach (var operation in operations)
        {
            var op = ApiObject.Text(operation?["op"]);
            var path = Pointer(ApiObject.Text(operation!["path"]));
            switch (op)
            {
                case "add":
                    Set(target, path, operation["value"]?.DeepClone(), mustExist: false);
                    break;
                case "replace":
                    Set(target, path, operation["value"]?.DeepClone(), mustExist: true);
                    break;
                case "remove":
                    Remove(target, path);
                    break;
                case "test" when JsonNode.DeepEquals(Read(target, path), operation["value"]):
                    break;
                case "move" or "copy":
                    var from = Pointer(ApiObject.Text(operation["from"]));
                    var moved = Read(target, from)?.DeepClone();
                    if (op == "move")
                    {
                        Remove(target, from);
                    }

                    Set(target, path, moved, mustExist: false);
                    break;
                default:
                    throw ApiProblem.Rejected();
            }
        }

        return target;
    }

    private static string[] Pointer(string? text) => text is { Length: > 0 } && text[0] == '/'
        ? [.. text[1..].Split('/').Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : throw ApiProblem.Rejected();

    private static JsonNode? Read(JsonNode target, string[] path)
    {
        var parent = Parent(target, path);
        return parent switch
        {
            JsonObject map when map.TryGetPropertyValue(path[^1], out var value) => value,
            JsonArray list => list[Index(list, path[^1], list.Count - 1)],
            _ => throw ApiProblem.Rejected(),
        };
    }

    private static JsonNode Parent(JsonNode target, string[] path)
    {
        var node = target;
        foreach (var part in path[..^1])
        {
            node = node switch
            {
                JsonObject map => map[part],
                JsonArray list => list[Index(list, part, list.Count - 1)],
                _ => null,
            } ?? throw ApiProblem.Rejected();
        }

        return node;
    }

    private static void Set(JsonNode target, string[] path, JsonNode? value, bool mustExist)
    {
        switch (Parent(target, path))
        {
            case JsonObject map when !mustExist || map.ContainsKey(path[^1]):
                map[path[^1]] = value;
                break;
            case JsonArray list when mustExist:
                list[Index(list, path[^1], list.Count - 1)] = value;
                break;
            case JsonArray list:
                list.Insert(path[^1] == "-" ? list.Count : Index(list, path[^1], list.Count), value);
                break;
            default:
                throw ApiProblem.Rejected();
        }
    }

    private static void Remove(JsonNode target, string[] path)
    {
        switch (Parent(target, path))
        {
            case JsonObject map when map.Remove(path[^1]):
                break;
            case JsonArray list:
                list.RemoveAt(Index(list, path[^1], list.Count - 1));
                break;
            default:
                throw ApiProblem.Rejected();
        }
    }

    private static int Index(JsonArray list, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= most
            ? index
            : throw ApiProblem.Rejected();
}
