using System.Globalization;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers.Scripts;

/// <summary>A DNS plugin of an installed Posh-ACME module. Its arguments are the solver's secret, as JSON.</summary>
/// <param name="Plugin">The plugin's name.</param>
public sealed record PoshAcmeSettings(string Plugin) : DnsProviderSettings
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "PoshAcme";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Provider => ProviderName;

    /// <summary>The plugin's name.</summary>
    public string Plugin { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Plugin);

    /// <inheritdoc/>
    [JsonIgnore]
    public override DnsSecretKind SecretKind => DnsSecretKind.Arguments;

    /// <inheritdoc/>
    public override string GetSecretName(int solverId) => string.Create(CultureInfo.InvariantCulture, $"posh-acme-arguments-{solverId}");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string?> GetColumns() => new Dictionary<string, string?> { [nameof(Plugin)] = Plugin };
}
