using System.Globalization;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>The settings of a solver that uses Cloudflare.</summary>
public sealed record CloudflareSettings : DnsProviderSettings
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Cloudflare";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Provider => ProviderName;

    /// <summary>The account's email address if the secret is its global API key; null if the secret is an API token.</summary>
    public string? Email { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override DnsSecretKind SecretKind => DnsSecretKind.Text;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsEngine => false;

    /// <inheritdoc/>
    public override string GetSecretName(int solverId) =>
        string.Create(CultureInfo.InvariantCulture, $"cloudflare-dns-credential-{solverId}");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string?> GetColumns() => new Dictionary<string, string?> { [nameof(Email)] = Email };
}

/// <summary>The JSON form of the settings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloudflareSettings))]
internal sealed partial class CloudflareSettingsJson : JsonSerializerContext;
