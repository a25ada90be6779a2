using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>When the CA wants a certificate to be renewed (RFC 9773 section 4.2).</summary>
public sealed record AcmeRenewalInfo : IJsonOnDeserialized
{
    /// <summary>The window in which to renew.</summary>
    [JsonPropertyName("suggestedWindow")]
    public required RenewalWindow SuggestedWindow { get; init; }

    /// <summary>Why the CA asks for it, to be shown to the user.</summary>
    [JsonPropertyName("explanationURL")]
    public string? ExplanationUrl { get; init; }

    /// <summary>When to ask again, from Retry-After; null where the CA did not say.</summary>
    [JsonIgnore]
    public DateTimeOffset? AskAgainAt { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => AcmeJson.Require(SuggestedWindow);
}

/// <summary>A window of time.</summary>
/// <param name="Start">Its begin.</param>
/// <param name="End">Its end.</param>
public sealed record RenewalWindow(
    [property: JsonPropertyName("start")] DateTimeOffset Start,
    [property: JsonPropertyName("end")] DateTimeOffset End);
