using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The DNS solvers of a rack, and their credentials. Writers hold the lock <c>solvers</c>.</summary>
public interface IDnsSolverStore
{
    /// <summary>Lists all solvers by id.</summary>
    /// <exception cref="EngineException"><c>SolversDamaged</c>.</exception>
    Task<IReadOnlyList<DnsSolver>> ListAsync(CancellationToken ct);

    /// <summary>Lists the ids of the solvers that the rack's controller does not know.</summary>
    Task<IReadOnlySet<int>> ListDetachedAsync(CancellationToken ct) => Task.FromResult<IReadOnlySet<int>>(new HashSet<int>());

    /// <summary>
    /// Stores a solver. Writes its credential first. Without a new credential, keeps the existing one unless the solver's
    /// credential is in a vault now. Preserves what other versions of the module have added to the solver.
    /// </summary>
    Task SaveAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct);

    /// <summary>Reads a solver's stored credential; null if there is none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>: it cannot be read, or belongs to another user.</exception>
    Task<DnsSecret?> ReadSecretAsync(DnsSolver solver, CancellationToken ct);

    /// <summary>Removes a solver and its credential if they exist.</summary>
    Task RemoveAsync(int id, CancellationToken ct);

    /// <summary>
    /// Gets the ARN of the AWS role of the rack's controller, which the trust policy of a DNS role must name; null without a
    /// controller, when the role is that of the module's user.
    /// </summary>
    /// <exception cref="EngineException"><c>NoDnsRole</c>: the controller has no role.</exception>
    Task<string?> FindControllerRoleAsync(CancellationToken ct) => Task.FromResult<string?>(null);
}
