using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers.Route53;

/// <summary>The settings of a solver that uses Route53.</summary>
public sealed record Route53Settings : DnsProviderSettings
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Route53";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Provider => ProviderName;

    /// <summary>The hosted zone without the prefix <c>/hostedzone/</c>; null to find it by name.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>The AWS region of the STS endpoint; null for the SDK's default.</summary>
    public string? Region { get; init; }

    /// <summary>The ARN of the role to assume; null to use the credentials themselves.</summary>
    public string? Role { get; init; }

    /// <summary>The external id that the role's trust policy requires.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The profile of the AWS configuration that has the credentials; null for the SDK's credential chain.</summary>
    public string? ProfileName { get; init; }

    /// <summary>True if there is an external id: cert-manager cannot send one.</summary>
    [JsonIgnore]
    public override bool NeedsEngine => ExternalId is not null;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string?> GetColumns() => new Dictionary<string, string?>
    {
        [nameof(HostedZoneId)] = HostedZoneId,
        [nameof(Region)] = Region,
        [nameof(Role)] = Role,
        [nameof(ProfileName)] = ProfileName,
    };

    /// <summary>Describes the settings without the external id, which some organizations treat as a secret.</summary>
    public override string ToString() => $"Route53, zone {HostedZoneId ?? "by name"}, role {Role ?? "none"}";
}

/// <summary>The JSON form of the settings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Route53Settings))]
public sealed partial class Route53SettingsJson : JsonSerializerContext;
