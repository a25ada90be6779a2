using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.CertManager;

/// <summary>The conditions in an object's status.</summary>
internal static class Conditions
{
    public static JsonObject? Find(JsonObject from, string type) =>
        (from["status"]?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(c => (string?)c["type"] == type);

    public static void Set(JsonObject into, string type, string status, string reason, string message, TimeProvider time)
    {
        var before = Find(into, type);
        var since = before is not null && (string?)before["status"] == status ? (string?)before["lastTransitionTime"] : null;
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["reason"] = reason,
            ["message"] = message,
            ["lastTransitionTime"] = since ?? Text(time.GetUtcNow()),
        };
        if ((string?)into["kind"] == "Certificate")
        {
            condition["observedGeneration"] = (long)into["metadata"]!["generation"]!;
        }

        Remove(into, type);
        into["status"]!["conditions"]!.AsArray().Add((JsonNode)condition);
    }

    public static void Remove(JsonObject from, string type)
    {
        var status = from["status"] as JsonObject;
        if (status is null)
        {
            from["status"] = status = [];
        }

        status["conditions"] = new JsonArray(
            [
                .. (status["conditions"] as JsonArray ?? [])
                    .OfType<JsonObject>()
                    .Where(c => (string?)c["type"] != type)
                    .Select(c => c.DeepClone()),
            ]);
    }

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
