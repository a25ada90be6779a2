using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Accessors for the members of all objects. Stored objects are never changed, only replaced.</summary>
internal static class ApiObject
{
    public static JsonObject Metadata(this JsonObject value)
    {
        if (value["metadata"] is not JsonObject metadata)
        {
            value["metadata"] = metadata = [];
        }

        return metadata;
    }

    public static string? Meta(this JsonObject value, string name) => Text(value["metadata"]?[name]);

    public static string Name(this JsonObject value) => value.Meta("name") ?? string.Empty;

    public static string? Version(this JsonObject value) =>
        value.Meta("resourceVersion") is { Length: > 0 } and not "0" and var version ? version : null;

    public static bool IsBeingDeleted(this JsonObject value) => value["metadata"]?["deletionTimestamp"] is not null;

    public static bool HasFinalizers(this JsonObject value) => value["metadata"]?["finalizers"] is JsonArray { Count: > 0 };

    public static JsonObject Copy(this JsonObject value) => value.DeepClone().AsObject();

    /// <summary>Gets a node's text; null if it is not a string.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Copies a member, or removes it if the source has none.</summary>
    public static void TakeOver(this JsonObject target, JsonObject? source, string name)
    {
        if (source?[name] is { } node)
        {
            target[name] = node.DeepClone();
        }
        else
        {
            target.Remove(name);
        }
    }

    /// <exception cref="ApiProblem">The text is not a JSON object.</exception>
    public static JsonObject Parse(string body, string kind)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject
                ?? throw ApiProblem.BadRequest($"the object provided is unrecognized (must be of type {kind}): it is no object ({body})");
        }
        catch (JsonException e)
        {
            throw ApiProblem.BadRequest(
                $"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {e.Message} "
                    + $"({body})");
        }
    }
}
