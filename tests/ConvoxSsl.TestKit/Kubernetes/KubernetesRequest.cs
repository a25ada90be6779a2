using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A request that the scripted server received.</summary>
public sealed record KubernetesRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, such as <c>/api/v1/namespaces/x/secrets</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The query as it was sent, with its question mark; empty if there is none.</summary>
    public required string QueryText { get; init; }

    /// <summary>The parameters of the query.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The headers, with case-insensitive names.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body; empty if there is none.</summary>
    public required string Body { get; init; }

    /// <summary>The body as a JSON object; null if it is not one.</summary>
    public JsonObject? Document
    {
        get
        {
            try
            {
                return Body.Length == 0 ? null : JsonNode.Parse(Body) as JsonObject;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>True for a request that changes something.</summary>
    public bool IsWriting => Method != "GET";

    /// <summary>The bearer token; null if there is none.</summary>
    internal string? Token =>
        Header("Authorization") is { } text && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? text[7..].Trim() : null;

    internal bool IsDryRun => Query.ContainsKey("dryRun");

    internal string ContentType => (Header("Content-Type") ?? string.Empty).Split(';')[0].Trim();

    // The server's name for a client without a user agent.
    internal string FieldManager => Parameter("fieldManager") ?? (Header("User-Agent") ?? "unknown").Split('/')[0];

    internal string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    internal string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}{QueryText}";
}
