using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The fields that a program has applied. Its next apply must repeat them, or the server removes them.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management"/>
internal static class OwnedFields
{
    /// <summary>Copies the object's fields that the program owns.</summary>
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

    // "f:x" is the field x; other keys describe list items, and "." is the object itself.
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
