using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>A received request.</summary>
public sealed record CloudflareApiRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path below the base URL, such as <c>/zones</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The parameters of the query.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The headers, with case-insensitive names.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body; empty if there is none.</summary>
    public required string Body { get; init; }

    /// <summary>The body's media type; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>True if it is a write request.</summary>
    public bool IsWriting => Method != "GET";

    /// <summary>The body, if it is a JSON object.</summary>
    internal JsonObject? Document { get; init; }

    internal string[] Segments => Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    internal string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";
}
