using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>The place of a solver's credential in a vault of the user, which is read at each use. It contains no secret.</summary>
/// <param name="Name">The secret's name.</param>
/// <param name="Vault">The vault's name; null to search all vaults of the user.</param>
public sealed record VaultSecret(string Name, string? Vault)
{
    /// <summary>The secret's name.</summary>
    public string Name { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Name);

    /// <summary>Gets the text for users.</summary>
    public override string ToString() => Vault is null ? $"{Name} (in any vault)" : $"{Name} (in vault {Vault})";
}

/// <summary>Reads the credential of a solver from a vault.</summary>
/// <exception cref="EngineException">One of <see cref="VaultFailure"/>.</exception>
public delegate Task<DnsSecret> VaultReader(DnsSolver solver, VaultSecret secret, CancellationToken ct);
