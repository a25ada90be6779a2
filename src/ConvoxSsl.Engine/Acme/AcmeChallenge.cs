using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The statuses of a challenge (RFC 8555 section 7.1.6).</summary>
public static class AcmeChallengeStatus
{
    /// <summary>The client has not responded yet.</summary>
    public const string Pending = "pending";

    /// <summary>The CA is validating.</summary>
    public const string Processing = "processing";

    /// <summary>The validation succeeded.</summary>
    public const string Valid = "valid";

    /// <summary>The validation failed.</summary>
    public const string Invalid = "invalid";
}

/// <summary>A challenge: one way to prove control of an identifier (RFC 8555 section 7.1.5).</summary>
public sealed record AcmeChallenge
{
    /// <summary><c>http-01</c>, <c>dns-01</c>, <c>tls-alpn-01</c>, or a type that this client does not support.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The URL to which the client responds.</summary>
    [JsonPropertyName("url")]
    public required Uri Url { get; init => field = JsonGuard.Url(value); }

    /// <summary>One of <see cref="AcmeChallengeStatus"/>.</summary>
    [JsonPropertyName("status")]
    [JsonConverter(typeof(OptionalText))]
    public string Status { get; init => field = value ?? AcmeChallengeStatus.Pending; } = AcmeChallengeStatus.Pending;

    /// <summary>The random value of the key authorization.</summary>
    [JsonPropertyName("token")]
    [JsonConverter(typeof(OptionalText))]
    public string? Token { get; init; }

    /// <summary>The reason for which the validation failed.</summary>
    [JsonPropertyName("error")]
    [JsonConverter(typeof(OptionalProblem))]
    public AcmeProblem? Error { get; init; }
}

public sealed partial class AcmeSession
{
    /// <summary>Creates the key authorization of a challenge (RFC 8555 section 8.1).</summary>
    /// <exception cref="AcmeException">The token is not base64url; it is used in file names and headers.</exception>
    public KeyAuthorization CreateKeyAuthorization(AcmeAuthorization authorization, AcmeChallenge challenge) =>
        challenge.Token is { Length: > 0 } token && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? new KeyAuthorization(challenge.Type, authorization.BaseName, token, $"{token}.{Jwk.ComputeThumbprint(_key)}")
            : throw new AcmeException(
                AcmeProblem.Create(AcmeProblemType.MalformedAnswer, "the token of its challenge is not base64url (RFC 8555 section 8.1)"),
                challenge.Url);

    /// <summary>Responds to a challenge, which lets the CA validate it (RFC 8555 section 7.5.1).</summary>
    /// <returns>The time of the first poll, from Retry-After; null if the response had none.</returns>
    public async Task<DateTimeOffset?> RespondToChallengeAsync(Uri url, CancellationToken ct) =>
        (await PostAsync(url, "{}"u8.ToArray(), RequestPriority.Validate, ct).ConfigureAwait(false)).RetryAt;
}
