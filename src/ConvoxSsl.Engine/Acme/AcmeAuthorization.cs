using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An authorization: the CA's view of who controls one identifier (RFC 8555 section 7.1.4).</summary>
public sealed record AcmeAuthorization : IJsonOnDeserialized
{
    private readonly IReadOnlyList<AcmeChallenge>? _challenges;

    /// <summary>The authorization's URL.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>The identifier; for a wildcard the name without its first label.</summary>
    [JsonPropertyName("identifier")]
    public required AcmeIdentifier Identifier { get; init; }

    /// <summary><c>pending</c>, <c>valid</c>, <c>invalid</c>, <c>deactivated</c>, <c>expired</c> or <c>revoked</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Until when it can be used.</summary>
    [JsonPropertyName("expires")]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The ways to prove control.</summary>
    [JsonPropertyName("challenges")]
    public IReadOnlyList<AcmeChallenge> Challenges { get => _challenges ?? []; init => _challenges = value; }

    /// <summary>Whether it came from a wildcard name.</summary>
    [JsonPropertyName("wildcard")]
    public bool Wildcard { get; init; }

    /// <summary>The certificate's name that this authorization is for.</summary>
    [JsonIgnore]
    public string CertificateName => Wildcard ? "*." + Identifier.Value : Identifier.Value;

    void IJsonOnDeserialized.OnDeserialized() => AcmeJson.Require(Identifier, Status, Challenges);
}

/// <summary>One way to prove control of an identifier (RFC 8555 section 7.1.5).</summary>
public sealed record AcmeChallenge : IJsonOnDeserialized
{
    private readonly string? _status;

    /// <summary><c>http-01</c>, <c>dns-01</c>, <c>tls-alpn-01</c> or one that this client does not know.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Where the client says that it is ready.</summary>
    [JsonPropertyName("url")]
    public required Uri Url { get; init; }

    /// <summary><c>pending</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    [JsonPropertyName("status")]
    public string Status { get => _status ?? "pending"; init => _status = value; }

    /// <summary>The random value of the key authorization.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonPropertyName("error")]
    public AcmeProblem? Error { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => AcmeJson.Require(Type, Url);
}

internal sealed record StatusRequest([property: JsonPropertyName("status")] string Status);
