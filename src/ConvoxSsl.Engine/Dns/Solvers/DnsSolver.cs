using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>A numbered configuration of a DNS provider for some zones. It contains no secret.</summary>
public sealed record DnsSolver
{
    /// <summary>The solver's number, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>The zones that the solver is used for: lowercase A-labels without the final dot.</summary>
    public required IReadOnlyList<string> DnsZones { get; init; }

    /// <summary>The provider's settings; null if this version of the module does not know the provider.</summary>
    public DnsProviderSettings? Settings { get; init; }

    /// <summary>The place of the credential in a vault of the user; null if the rack stores it or the solver needs none.</summary>
    public VaultSecret? VaultSecret { get; init; }

    /// <summary>The name under which the rack stores the credential; null if the solver needs none.</summary>
    public string? SecretName => Settings?.GetSecretName(Id);

    /// <summary>
    /// True if only the module's own engine can use the solver: cert-manager runs no scripts or plugins, sends no external id
    /// and reads no vault.
    /// </summary>
    public bool NeedsEngine => VaultSecret is not null || Settings is { NeedsEngine: true };

    /// <summary>Gets the length of the longest zone that is the name or a parent of it; null if there is none.</summary>
    public int? Covers(string name) => DnsZones
        .Where(zone => name.Equals(zone, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase))
        .Select(zone => (int?)zone.Length)
        .Max();
}
