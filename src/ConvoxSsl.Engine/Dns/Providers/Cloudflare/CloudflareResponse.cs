using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// A response in Cloudflare's envelope: <c>success</c>, <c>errors</c>, <c>result</c>, <c>result_info</c>
/// (<see href="https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/"/>).
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Envelope">The document; null if the body is not one.</param>
/// <param name="RetryAt">The earliest time of a retry, if the response contains it.</param>
internal sealed record CloudflareResponse(int Status, JsonObject? Envelope, DateTimeOffset? RetryAt)
{
    /// <summary>True if the request succeeded. Some successful responses lack <c>success</c>.</summary>
    public bool IsSuccess => Status is >= 200 and < 300 && Envelope is not null && !IsFalse(Envelope["success"]);

    /// <summary>The errors, each followed by its causes.</summary>
    public IEnumerable<(long Code, string Message)> Errors => Flatten(Envelope?["errors"]);

    /// <summary>The result, if it is an object.</summary>
    public JsonObject? Result => Envelope?["result"] as JsonObject;

    /// <summary>The objects of the result, if it is a list.</summary>
    public IReadOnlyList<JsonObject> Results => Envelope?["result"] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];

    /// <summary>Parses a response.</summary>
    public static CloudflareResponse Read(int status, byte[] body, DateTimeOffset? retryAt)
    {
        JsonObject? envelope;
        try
        {
            envelope = JsonNode.Parse(body, null, new JsonDocumentOptions { MaxDepth = 32 }) as JsonObject;
            ReadAll(envelope);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            envelope = null;
        }

        return new CloudflareResponse(status, envelope, retryAt);
    }

    /// <summary>Gets a number of <c>result_info</c>.</summary>
    public int? Info(string name) =>
        Envelope?["result_info"] is JsonObject info && info[name] is JsonValue value && value.TryGetValue<int>(out var number)
            ? number
            : null;

    /// <summary>Gets a text member of an API object; empty if there is none.</summary>
    public static string Text(JsonObject item, string name) =>
        item[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;

    // The parser reports duplicate members and invalid Unicode only on access, so access everything here.
    private static void ReadAll(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                members.ToList().ForEach(m => ReadAll(m.Value));
                break;
            case JsonArray items:
                items.ToList().ForEach(ReadAll);
                break;
            case JsonValue value:
                value.TryGetValue<string>(out _);
                break;
        }
    }

    private static IEnumerable<(long Code, string Message)> Flatten(JsonNode? errors)
    {
        foreach (var error in (errors as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            yield return (error["code"] is JsonValue code && code.TryGetValue<long>(out var number) ? number : 0, Text(error, "message"));
            foreach (var cause in Flatten(error["error_chain"]))
            {
                yield return cause;
            }
        }
    }

    private static bool IsFalse(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && !flag;
}
