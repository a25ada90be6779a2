using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An authorization: the CA's view of who controls one identifier (RFC 8555 section 7.1.4).</summary>
public sealed record AcmeAuthorization
{
    /// <summary>The authorization's URL.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>The identifier; for a wildcard the name without its first label.</summary>
    [JsonPropertyName("identifier")]
    public required AcmeIdentifier Identifier { get; init => field = JsonGuard.NotNull(value); }

    /// <summary><c>pending</c>, <c>valid</c>, <c>invalid</c>, <c>deactivated</c>, <c>expired</c> or <c>revoked</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>Until when it can be used.</summary>
    [JsonPropertyName("expires")]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The ways to prove control.</summary>
    [JsonPropertyName("challenges")]
    public IReadOnlyList<AcmeChallenge> Challenges { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>Whether it came from a wildcard name.</summary>
    [JsonPropertyName("wildcard")]
    public bool Wildcard { get; init; }

    /// <summary>The certificate's name that this authorization is for.</summary>
    [JsonIgnore]
    public string CertificateName => Wildcard ? "*." + Identifier.Value : Identifier.Value;
}

/// <summary>One way to prove control of an identifier (RFC 8555 section 7.1.5).</summary>
public sealed record AcmeChallenge
{
    /// <summary><c>http-01</c>, <c>dns-01</c>, <c>tls-alpn-01</c> or one that this client does not know.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>Where the client says that it is ready.</summary>
    [JsonPropertyName("url")]
    public required Uri Url { get; init => field = JsonGuard.Url(value); }

    /// <summary><c>pending</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init => field = value ?? "pending"; } = "pending";

    /// <summary>The random value of the key authorization.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonPropertyName("error")]
    public AcmeProblem? Error { get; init; }
}

internal sealed record StatusRequest([property: JsonPropertyName("status")] string Status);
