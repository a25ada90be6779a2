using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An account (RFC 8555 section 7.1.2).</summary>
public sealed record AcmeAccount
{
    /// <summary>The account's URL, which is also its key id.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary><c>valid</c>, <c>deactivated</c> or <c>revoked</c>.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init => field = value ?? "valid"; } = "valid";

    /// <summary>Contact URLs, such as <c>mailto:</c> ones. Some CAs drop them.</summary>
    [JsonPropertyName("contact")]
    public IReadOnlyList<string> Contact { get; init => field = [.. value?.OfType<string>() ?? []]; } = [];

    /// <summary>Where its orders are listed; null where the CA offers no list.</summary>
    [JsonPropertyName("orders")]
    public Uri? Orders { get; init => field = JsonGuard.UrlOrNull(value); }
}

/// <summary>A page of an account's orders (RFC 8555 section 7.1.2.1).</summary>
internal sealed record OrderList
{
    /// <summary>The orders, by their URLs.</summary>
    [JsonPropertyName("orders")]
    public required IReadOnlyList<Uri> Orders { get; init => field = JsonGuard.Items(value); }
}

/// <summary>The payload of newAccount and of an account update (RFC 8555 sections 7.3, 7.3.2 and 7.3.6).</summary>
internal sealed record AccountPayload
{
    [JsonPropertyName("contact")]
    public IReadOnlyList<string>? Contact { get; init; }

    [JsonPropertyName("termsOfServiceAgreed")]
    public bool? TermsOfServiceAgreed { get; init; }

    [JsonPropertyName("onlyReturnExisting")]
    public bool? OnlyReturnExisting { get; init; }

    [JsonPropertyName("externalAccountBinding")]
    public JsonElement? ExternalAccountBinding { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }
}
