using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The directory: the URLs of the CA's resources, and its features (RFC 8555 section 7.1.1).</summary>
public sealed record AcmeDirectory
{
    /// <summary>The URL for new nonces.</summary>
    [JsonPropertyName("newNonce")]
    public required Uri NewNonce { get; init => field = JsonGuard.Url(value); }

    /// <summary>The URL for creating and finding accounts.</summary>
    [JsonPropertyName("newAccount")]
    public required Uri NewAccount { get; init => field = JsonGuard.Url(value); }

    /// <summary>The URL for creating orders.</summary>
    [JsonPropertyName("newOrder")]
    public required Uri NewOrder { get; init => field = JsonGuard.Url(value); }

    /// <summary>The URL for revoking certificates; null if the CA does not offer it.</summary>
    [JsonPropertyName("revokeCert")]
    [JsonConverter(typeof(OptionalUrl))]
    public Uri? RevokeCertificate { get; init; }

    /// <summary>The URL for changing account keys; null if the CA does not offer it.</summary>
    [JsonPropertyName("keyChange")]
    [JsonConverter(typeof(OptionalUrl))]
    public Uri? KeyChange { get; init; }

    /// <summary>The URL for renewal information (RFC 9773 section 4.1); null if the CA does not offer it.</summary>
    [JsonPropertyName("renewalInfo")]
    [JsonConverter(typeof(OptionalUrl))]
    public Uri? RenewalInfo { get; init; }

    /// <summary>Metadata of the CA.</summary>
    [JsonPropertyName("meta")]
    [JsonConverter(typeof(OptionalMetadata))]
    public AcmeDirectoryMetadata Metadata { get; init => field = value ?? new(); } = new();
}

/// <summary>The <c>meta</c> object of a directory (RFC 8555 section 9.7.6).</summary>
public sealed record AcmeDirectoryMetadata
{
    /// <summary>The URL of the current terms of service.</summary>
    [JsonPropertyName("termsOfService")]
    [JsonConverter(typeof(OptionalText))]
    public string? TermsOfService { get; init; }

    /// <summary>The CA's web site.</summary>
    [JsonPropertyName("website")]
    [JsonConverter(typeof(OptionalText))]
    public string? Website { get; init; }

    /// <summary>The names that authorize this CA in CAA records (RFC 8659).</summary>
    [JsonPropertyName("caaIdentities")]
    [JsonConverter(typeof(OptionalTexts))]
    public IReadOnlyList<string> CaaIdentities { get; init => field = value ?? []; } = [];

    /// <summary>True if accounts must be bound to an external account (RFC 8555 section 7.3.4).</summary>
    [JsonPropertyName("externalAccountRequired")]
    [JsonConverter(typeof(OptionalFlag))]
    public bool ExternalAccountRequired { get; init; }

    /// <summary>The profiles and their descriptions, which may be empty (draft-ietf-acme-profiles).</summary>
    [JsonPropertyName("profiles")]
    [JsonConverter(typeof(OptionalTextMap))]
    public IReadOnlyDictionary<string, string> Profiles
    {
        get;
        init => field = value ?? new Dictionary<string, string>();
    } = new Dictionary<string, string>();
}
