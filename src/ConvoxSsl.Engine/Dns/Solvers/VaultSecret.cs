using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>Where the credential of a solver lies in a vault of the user's, from which it is read at each use. Holds no secret.</summary>
/// <param name="Name">The secret's name.</param>
/// <param name="Vault">The vault's name; null for whichever of the user's vaults has it.</param>
public sealed record VaultSecret(string Name, string? Vault)
{
    /// <summary>The secret's name.</summary>
    public string Name { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Name);

    /// <summary>What users call it.</summary>
    public override string ToString() => Vault is null ? $"{Name} (in any vault)" : $"{Name} (in vault {Vault})";
}

/// <summary>Reads the credential of a solver from a vault.</summary>
/// <param name="solver">The solver.</param>
/// <param name="secret">Where the credential lies.</param>
/// <param name="ct">Stops it.</param>
/// <exception cref="EngineException">One of <see cref="VaultFailure"/>.</exception>
public delegate Task<DnsSecret> VaultReader(DnsSolver solver, VaultSecret secret, CancellationToken ct);
