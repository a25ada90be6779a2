using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The statuses of an authorization (RFC 8555 section 7.1.6).</summary>
public static class AcmeAuthorizationStatus
{
    /// <summary>No challenge has been completed yet.</summary>
    public const string Pending = "pending";

    /// <summary>The account may issue for the identifier.</summary>
    public const string Valid = "valid";

    /// <summary>A challenge failed.</summary>
    public const string Invalid = "invalid";

    /// <summary>The client deactivated the authorization.</summary>
    public const string Deactivated = "deactivated";

    /// <summary>The authorization expired.</summary>
    public const string Expired = "expired";

    /// <summary>The CA revoked the authorization.</summary>
    public const string Revoked = "revoked";
}

/// <summary>An authorization of an account for an identifier (RFC 8555 section 7.1.4).</summary>
public sealed record AcmeAuthorization
{
    /// <summary>The authorization's URL.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>The identifier; for a wildcard, the name without its first label.</summary>
    [JsonPropertyName("identifier")]
    public required AcmeIdentifier Identifier { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>One of <see cref="AcmeAuthorizationStatus"/>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The time at which it expires.</summary>
    [JsonPropertyName("expires")]
    [JsonConverter(typeof(OptionalTime))]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The challenges, one of which must be completed.</summary>
    [JsonPropertyName("challenges")]
    public IReadOnlyList<AcmeChallenge> Challenges { get; init => field = JsonGuard.Items(value ?? []); } = [];

    /// <summary>True if it is for a wildcard name.</summary>
    [JsonPropertyName("wildcard")]
    [JsonConverter(typeof(OptionalFlag))]
    public bool Wildcard { get; init; }

    /// <summary>The name without the wildcard label, which the CA validates.</summary>
    [JsonIgnore]
    public string BaseName => Identifier.Canonical.Value is ['*', '.', .. var rest] ? rest : Identifier.Canonical.Value;

    /// <summary>The name in the certificate that this authorization is for, or a parent domain of it.</summary>
    // RFC 8555 section 7.1.4: wildcard domain names are not written in the identifier, but shown by the "wildcard" member.
    [JsonIgnore]
    public string CertificateName => Wildcard ? "*." + BaseName : Identifier.Canonical.Value;
}

internal sealed record StatusRequest([property: JsonPropertyName("status")] string Status);

public sealed partial class AcmeSession
{
    /// <summary>Gets an authorization.</summary>
    public async Task<AcmeAuthorization> GetAuthorizationAsync(Uri url, CancellationToken ct) =>
        ReadAuthorization(await PostAsync(url, [], RequestPriority.Validate, ct).ConfigureAwait(false), url);

    /// <summary>Polls an authorization until it is no longer pending (RFC 8555 section 7.5.1).</summary>
    /// <param name="authorization">The authorization in its last known state.</param>
    /// <param name="deadline">The time limit; null for none.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="PollLimitException">The CA has not finished within the time limit.</exception>
    public async Task<AcmeAuthorization> WaitForAuthorizationAsync(
        AcmeAuthorization authorization, PollDeadline? deadline, CancellationToken ct)
    {
        var delays = new PollDelay(_client.Transport, _client.Options.Time, deadline);
        DateTimeOffset? retryAt = null;
        while (authorization.Status == AcmeAuthorizationStatus.Pending)
        {
            await Task.Delay(delays.Next(authorization.Status, retryAt), _client.Options.Time, ct).ConfigureAwait(false);
            var response = await PostAsync(authorization.Url, [], RequestPriority.Validate, ct).ConfigureAwait(false);
            retryAt = response.RetryAt;
            authorization = ReadAuthorization(response, authorization.Url);
        }

        return authorization;
    }

    /// <summary>Deactivates an authorization (RFC 8555 section 7.5.2), so that it does not count as pending any more.</summary>
    public Task DeactivateAuthorizationAsync(Uri url, CancellationToken ct) =>
        PostAsync(
            url,
            Json(new StatusRequest(AcmeAuthorizationStatus.Deactivated), AcmeJson.Default.StatusRequest),
            RequestPriority.Validate,
            ct);

    // With an unknown status, its order would be polled until the time limit.
    private static AcmeAuthorization ReadAuthorization(AcmeResponse response, Uri url)
    {
        var authorization = response.Read(AcmeJson.Default.AcmeAuthorization) with { Url = url };
        return authorization.Status is AcmeAuthorizationStatus.Pending or AcmeAuthorizationStatus.Valid or AcmeAuthorizationStatus.Invalid
            or AcmeAuthorizationStatus.Deactivated or AcmeAuthorizationStatus.Expired or AcmeAuthorizationStatus.Revoked
            ? authorization
            : throw new AcmeException(
                AcmeProblem.Create(
                    AcmeProblemType.MalformedAnswer,
                    $"the status '{authorization.Status}' of its authorization for '{authorization.CertificateName}' is not one of "
                        + "RFC 8555 section 7.1.6"),
                url);
    }
}
