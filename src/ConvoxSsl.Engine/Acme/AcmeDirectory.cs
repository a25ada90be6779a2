using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The CA's directory: where its resources are and what it offers (RFC 8555 section 7.1.1).</summary>
public sealed record AcmeDirectory : IJsonOnDeserialized
{
    // Set to null by what a CA leaves out: initializers do not survive deserialization.
    private readonly AcmeDirectoryMetadata? _metadata;

    /// <summary>Where nonces come from.</summary>
    [JsonPropertyName("newNonce")]
    public required Uri NewNonce { get; init; }

    /// <summary>Where accounts are made and found.</summary>
    [JsonPropertyName("newAccount")]
    public required Uri NewAccount { get; init; }

    /// <summary>Where orders are made.</summary>
    [JsonPropertyName("newOrder")]
    public required Uri NewOrder { get; init; }

    /// <summary>Where certificates are revoked.</summary>
    [JsonPropertyName("revokeCert")]
    public Uri? RevokeCertificate { get; init; }

    /// <summary>Where account keys are changed.</summary>
    [JsonPropertyName("keyChange")]
    public Uri? KeyChange { get; init; }

    /// <summary>Where the CA suggests renewal times (RFC 9773 section 4).</summary>
    [JsonPropertyName("renewalInfo")]
    public Uri? RenewalInfo { get; init; }

    /// <summary>Facts about the CA.</summary>
    [JsonPropertyName("meta")]
    public AcmeDirectoryMetadata Metadata { get => _metadata ?? new AcmeDirectoryMetadata(); init => _metadata = value; }

    void IJsonOnDeserialized.OnDeserialized() => AcmeJson.Require(NewNonce, NewAccount, NewOrder);
}

/// <summary>The <c>meta</c> object of a directory (RFC 8555 section 9.7.6).</summary>
public sealed record AcmeDirectoryMetadata
{
    private readonly IReadOnlyDictionary<string, string>? _profiles;
    private readonly IReadOnlyList<string>? _caaIdentities;

    /// <summary>The terms of service in force.</summary>
    [JsonPropertyName("termsOfService")]
    public string? TermsOfService { get; init; }

    /// <summary>The CA's web site.</summary>
    [JsonPropertyName("website")]
    public string? Website { get; init; }

    /// <summary>The names by which CAA records allow this CA (RFC 8659).</summary>
    [JsonPropertyName("caaIdentities")]
    public IReadOnlyList<string> CaaIdentities { get => _caaIdentities ?? []; init => _caaIdentities = value; }

    /// <summary>Whether accounts must be bound to an external one (RFC 8555 section 7.3.4).</summary>
    [JsonPropertyName("externalAccountRequired")]
    public bool ExternalAccountRequired { get; init; }

    /// <summary>The profiles and their descriptions (draft-ietf-acme-profiles).</summary>
    [JsonPropertyName("profiles")]
    public IReadOnlyDictionary<string, string> Profiles { get => _profiles ?? ReadOnlyDictionary<string, string>.Empty; init => _profiles = value; }
}
