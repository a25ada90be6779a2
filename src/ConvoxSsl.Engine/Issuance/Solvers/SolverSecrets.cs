using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>
/// The credentials of the rack's DNS solvers: those that it stores, and those that lie in a vault. A vault is asked once for
/// each solver, also where that fails, because it may ask a person for its password.
/// </summary>
internal sealed class SolverSecrets(IRack rack, VaultReader? readVault, IProgress<IssuanceEvent> events)
{
    private readonly object _gate = new();
    private readonly Dictionary<(int Id, VaultSecret Secret), Lazy<Task<DnsSecret>>> _read = [];

    /// <summary>The credential of a solver, or null where it has none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>, and each <see cref="VaultFailure"/>.</exception>
    public async Task<DnsSecret?> ReadAsync(DnsSolver solver, CancellationToken ct)
    {
        if (solver.VaultSecret is not { } secret)
        {
            return await rack.DnsSolvers.ReadSecretAsync(solver, ct).ConfigureAwait(false);
        }

        Lazy<Task<DnsSecret>>? reading;
        lock (_gate)
        {
            if (!_read.TryGetValue((solver.Id, secret), out reading) || reading is { IsValueCreated: true, Value.IsCanceled: true })
            {
                _read[(solver.Id, secret)] = reading = new(() => ReadVaultAsync(solver, secret, ct));
            }
        }

        return await reading.Value.WaitAsync(ct).ConfigureAwait(false);
    }

    private async Task<DnsSecret> ReadVaultAsync(DnsSolver solver, VaultSecret secret, CancellationToken ct)
    {
        if (readVault is null)
        {
            throw VaultFailure.NotInstalled(solver, secret);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The credential of DNS solver {solver.Id} is read: {secret}."));
        return await readVault(solver, secret, ct).ConfigureAwait(false);
    }
}
