using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>A numbered configuration of a DNS provider for some zones. Holds no secret.</summary>
public sealed record DnsSolver
{
    /// <summary>Its number, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>The zones that it is used for: lower-cased A-labels without the final dot.</summary>
    public required IReadOnlyList<string> DnsZones { get; init => field = JsonGuard.Items(value); }

    /// <summary>The settings where the provider is Route53.</summary>
    public Route53Settings? Route53 { get; init; }

    /// <summary>The settings where the provider is Cloudflare.</summary>
    public CloudflareSettings? Cloudflare { get; init; }

    /// <summary>The settings where scripts of the user's own are the provider.</summary>
    public ScriptSettings? Script { get; init; }

    /// <summary>The settings where a plugin of Posh-ACME is the provider.</summary>
    public PoshAcmeSettings? PoshAcme { get; init; }

    /// <summary>Where its credential lies in a vault of the user's; null where the rack stores it, or it needs none.</summary>
    public VaultSecret? VaultSecret { get; init; }

    /// <summary>The name under which the rack stores its credential; null where it needs none.</summary>
    [JsonIgnore]
    public string? SecretName => Cloudflare is not null ? $"cloudflare-dns-credential-{Id}" : PoshAcme is not null ? $"posh-acme-arguments-{Id}" : null;

    /// <summary>
    /// Whether only the module's own engine can use it: cert-manager runs no scripts and plugins, gives no external id and
    /// reads no vault.
    /// </summary>
    [JsonIgnore]
    public bool NeedsEngine => Script is not null || PoshAcme is not null || Route53?.ExternalId is not null || VaultSecret is not null;

    /// <summary>The length of the longest of its zones that is the name or a parent of it; null where none is.</summary>
    public int? Covers(string name) => DnsZones
        .Where(zone => name.Equals(zone, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase))
        .Select(zone => (int?)zone.Length)
        .Max();
}

/// <summary>How a solver uses Route53.</summary>
public sealed record Route53Settings
{
    /// <summary>The hosted zone without the prefix <c>/hostedzone/</c>; null to find it by name.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>The AWS region of the STS endpoint; null for the SDK's own choice.</summary>
    public string? Region { get; init; }

    /// <summary>The ARN of the role to assume; null to use the credentials themselves.</summary>
    public string? Role { get; init; }

    /// <summary>The external id that the role's trust policy asks for.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The profile of the AWS configuration whose credentials are used; null for the SDK's chain.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Without the external id, which some treat as a secret.</summary>
    public override string ToString() => $"Route53, zone {HostedZoneId ?? "by name"}, role {Role ?? "none"}";
}

/// <summary>How a solver uses Cloudflare.</summary>
public sealed record CloudflareSettings
{
    /// <summary>The account's e-mail address where the secret is its global API key; null where it is an API token.</summary>
    public string? Email { get; init; }
}

/// <summary>Scripts that write and remove one TXT value each; they get <c>$Name</c> and <c>$Value</c>.</summary>
/// <param name="Present">What adds a value.</param>
/// <param name="CleanUp">What removes it.</param>
public sealed record ScriptSettings(string Present, string CleanUp)
{
    /// <summary>The script that publishes.</summary>
    public string Present { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Present);

    /// <summary>The script that removes.</summary>
    public string CleanUp { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(CleanUp);
}

/// <summary>A DNS plugin of an installed Posh-ACME module. Its arguments are the solver's secret, as JSON.</summary>
/// <param name="Plugin">The plugin's name.</param>
public sealed record PoshAcmeSettings(string Plugin)
{
    /// <summary>The plugin's name.</summary>
    public string Plugin { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Plugin);
}
