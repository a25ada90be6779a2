using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA's suggestion for the renewal of a certificate (RFC 9773 section 4.2).</summary>
public sealed record AcmeRenewalInfo
{
    /// <summary>The suggested window of renewal.</summary>
    [JsonPropertyName("suggestedWindow")]
    public required RenewalWindow SuggestedWindow { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>The URL of a page that explains the window to the user.</summary>
    [JsonPropertyName("explanationURL")]
    [JsonConverter(typeof(OptionalText))]
    public string? ExplanationUrl { get; init; }

    /// <summary>The time of the next query, from Retry-After (RFC 9773 section 4.3); null if the response had none.</summary>
    [JsonIgnore]
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>A window of time.</summary>
/// <param name="Start">The start.</param>
/// <param name="End">The end.</param>
public sealed record RenewalWindow(
    [property: JsonPropertyName("start")] DateTimeOffset Start,
    [property: JsonPropertyName("end")] DateTimeOffset End);

public sealed partial class AcmeClient
{
    /// <summary>Gets the renewal information of a certificate; null if the CA does not offer any (RFC 9773).</summary>
    /// <param name="certificateId">The identifier, as <see cref="RenewalIdentifier"/> creates it.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<AcmeRenewalInfo?> GetRenewalInfoAsync(string certificateId, CancellationToken ct)
    {
        if (Directory.RenewalInfo is not { } url)
        {
            return null;
        }

        // RFC 9773 section 4.1: the request is an unauthenticated GET.
        var resource = new Uri($"{url.OriginalString.TrimEnd('/')}/{certificateId}");
        var response = await Transport.SendAsync(new AcmeRequest(resource, RequestPriority.Begin), ct).ConfigureAwait(false);
        return response.Read(AcmeJson.Default.AcmeRenewalInfo) with { RetryAt = response.RetryAt };
    }
}
