using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>
/// Reads the credentials of the rack's DNS solvers, from the rack or from a vault. Reads a vault once for each solver, even if that
/// fails, because it may prompt for a password.
/// </summary>
internal sealed class SolverSecrets(IssuanceContext context)
{
    private readonly object _gate = new();
    private readonly Dictionary<(int Id, VaultSecret Secret), Lazy<Task<DnsSecret>>> _read = [];

    /// <summary>Reads the credential of a solver; null if it has none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>, and each <see cref="VaultFailure"/>.</exception>
    public async Task<DnsSecret?> ReadAsync(DnsSolver solver, CancellationToken ct)
    {
        if (solver.VaultSecret is not { } secret)
        {
            return await context.Rack.DnsSolvers.ReadSecretAsync(solver, ct).ConfigureAwait(false);
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
        if (context.Options.ReadVault is not { } readVault)
        {
            throw VaultFailure.NotInstalled(solver, secret);
        }

        context.ReportDetail($"Reading the credential of DNS solver {solver.Id}: {secret}");
        return await readVault(solver, secret, ct).ConfigureAwait(false);
    }
}
