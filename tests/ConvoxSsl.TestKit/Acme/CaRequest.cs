using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A received request.</summary>
public sealed record CaRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of resource.</summary>
    public required AcmeResource Resource { get; init; }

    /// <summary>The time of arrival by the server's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The raw body.</summary>
    public required string Body { get; init; }

    /// <summary>The Content-Type header.</summary>
    public string? ContentType { get; init; }

    /// <summary>The User-Agent header.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The Accept header.</summary>
    public string? Accept { get; init; }

    /// <summary>The protected header of the JWS; null if the request is not signed.</summary>
    public JsonObject? Protected { get; init; }

    /// <summary>The payload of the JWS; null for POST-as-GET and if the request is not signed.</summary>
    public JsonNode? Payload { get; init; }

    /// <summary>The nonce of the JWS.</summary>
    public string? Nonce => (string?)Protected?["nonce"];

    /// <summary>The URL of the account that signed; null if the header contains a key instead.</summary>
    public string? KeyId => (string?)Protected?["kid"];

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}{(Payload is null ? string.Empty : " " + Payload.ToJsonString())}";
}
