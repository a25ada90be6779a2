using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>What of an object a program has applied: its next apply has to name it again, or the server takes it away.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management"/>
internal static class OwnedFields
{
    /// <summary>The object without all that the program has not applied.</summary>
    public static JsonObject Of(JsonObject value, string owner)
    {
        var owned = new JsonObject();
        foreach (var entry in value["metadata"]?["managedFields"] as JsonArray ?? [])
        {
            if ((string?)entry?["manager"] == owner && (string?)entry["operation"] == "Apply" && entry["fieldsV1"] is JsonObject fields)
            {
                Copy(value, fields, owned);
            }
        }

        return owned;
    }

    // "f:x" is the member x; other keys tell of the members of lists, and "." of the object itself.
    private static void Copy(JsonObject from, JsonObject fields, JsonObject to)
    {
        foreach (var (path, below) in fields)
        {
            if (!path.StartsWith("f:", StringComparison.Ordinal) || from[path[2..]] is not { } value)
            {
                continue;
            }

            if (value is JsonObject inner && below is JsonObject { Count: > 0 } innerFields)
            {
                var copy = new JsonObject();
                to[path[2..]] = copy;
                Copy(inner, innerFields, copy);
            }
            else
            {
                to[path[2..]] = value.DeepClone();
            }
        }
    }
}
