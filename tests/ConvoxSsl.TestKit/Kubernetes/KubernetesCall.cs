using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A request as the scripted server got it.</summary>
public sealed record KubernetesCall
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, such as <c>/api/v1/namespaces/x/secrets</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The query as it was sent, with its question mark; empty for none.</summary>
    public required string QueryText { get; init; }

    /// <summary>The parameters of the query.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The headers; their names in any case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body; empty where there is none.</summary>
    public required string Body { get; init; }

    /// <summary>The body where it is a JSON object; null where not.</summary>
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

    /// <summary>Whether it asks for a change.</summary>
    public bool IsWriting => Method != "GET";

    /// <summary>The bearer token; null for none.</summary>
    internal string? Token => Header("Authorization") is { } text && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? text[7..].Trim() : null;

    internal bool IsDryRun => Query.ContainsKey("dryRun");

    internal string ContentType => (Header("Content-Type") ?? string.Empty).Split(';')[0].Trim();

    // As the server names a client that does not say who it is.
    internal string FieldManager => Parameter("fieldManager") ?? (Header("User-Agent") ?? "unknown").Split('/')[0];

    internal string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    internal string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}{QueryText}";
}
