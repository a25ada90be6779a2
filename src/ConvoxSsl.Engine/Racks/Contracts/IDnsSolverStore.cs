using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The DNS solvers of a rack; their credentials lie apart. Writers hold the lock <c>solvers</c>.</summary>
public interface IDnsSolverStore
{
    /// <summary>All solvers, by id.</summary>
    /// <exception cref="EngineException"><c>SolversDamaged</c>.</exception>
    Task<IReadOnlyList<DnsSolver>> ListAsync(CancellationToken ct);

    /// <summary>The ids of the solvers that are configured, but not known to what issues certificates on the rack by itself.</summary>
    Task<IReadOnlySet<int>> ListDetachedAsync(CancellationToken ct) => Task.FromResult<IReadOnlySet<int>>(new HashSet<int>());

    /// <summary>
    /// Stores a solver: its credential first. Without one, the credential that is there stays, unless the solver's lies in a
    /// vault from now on: then the one that is there is removed. What another version has added to a solver stays.
    /// </summary>
    Task SaveAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct);

    /// <summary>The credential of a solver that the rack stores, or null where it stores none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>: it can't be read, or belongs to another user.</exception>
    Task<DnsSecret?> ReadSecretAsync(DnsSolver solver, CancellationToken ct);

    /// <summary>Removes a solver with its credential; one that is gone already is no error.</summary>
    Task RemoveAsync(int id, CancellationToken ct);

    /// <summary>
    /// The ARN of the AWS role of what issues certificates on the rack by itself, which a DNS role's trust policy has to
    /// name; null where nothing does, and the role is that of whoever runs the module.
    /// </summary>
    /// <exception cref="EngineException"><c>NoDnsRole</c>: it has none.</exception>
    Task<string?> FindControllerRoleAsync(CancellationToken ct) => Task.FromResult<string?>(null);
}
