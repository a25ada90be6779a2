using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>The DNS solvers of a rack: added, changed, removed and tried.</summary>
public sealed class DnsSolverCatalog
{
    private static readonly TimeSpan LongestCleanUp = TimeSpan.FromSeconds(30);

    private readonly IRack _rack;
    private readonly SolverSelector _selector;
    private readonly TimeProvider _time;

    internal DnsSolverCatalog(IRack rack, SolverSelector selector, TimeProvider time)
    {
        _rack = rack;
        _selector = selector;
        _time = time;
    }

    /// <summary>The solver of that id.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidSolverId</c>.</exception>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task<DnsSolver> GetAsync(int id, CancellationToken ct) =>
        await FindAsync(id, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.DnsSolverNotFound, EngineErrorKind.NotFound, $"This rack has no DNS solver {id}. Get-ConvoxDnsSolver lists those that it has; Add-ConvoxDnsSolver makes one.", id);

    /// <summary>Makes sure that an id is free.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidSolverId</c>; <c>DnsSolverExists</c>: it is in use.</exception>
    public async Task RequireFreeAsync(int id, CancellationToken ct)
    {
        if (await FindAsync(id, ct).ConfigureAwait(false) is { } used)
        {
            throw new InvalidInputException(ErrorCode.DnsSolverExists, $"DNS solver {id} exists already, for {string.Join(", ", used.DnsZones)}. Change it with Set-ConvoxDnsSolver, or take another id.", id);
        }
    }

    /// <summary>Stores a new solver.</summary>
    /// <exception cref="InvalidInputException">As <see cref="RequireFreeAsync"/>.</exception>
    public async Task AddAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        await RequireFreeAsync(solver.Id, ct).ConfigureAwait(false);
        await _rack.DnsSolvers.SaveAsync(solver, secret, ct).ConfigureAwait(false);
    }

    /// <summary>Changes a solver, and its credential where one is given.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task<DnsSolver> ChangeAsync(int id, Func<DnsSolver, DnsSolver> change, DnsSecret? secret, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        var changed = change(await GetAsync(id, ct).ConfigureAwait(false));
        await _rack.DnsSolvers.SaveAsync(changed, secret, ct).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Removes a solver with its credential.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task RemoveAsync(int id, CancellationToken ct)
    {
        await GetAsync(id, ct).ConfigureAwait(false);
        await using var locked = await LockAsync(ct).ConfigureAwait(false);
        await _rack.DnsSolvers.RemoveAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Tries a solver for each of its zones: what its provider needs, then a real TXT record written, seen on every name
    /// server and removed. Leaves nothing behind, also when it is stopped.
    /// </summary>
    /// <param name="id">The solver.</param>
    /// <param name="settings">How look-ups are made and how long they may take.</param>
    /// <param name="progress">Told how many name servers agree.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<DnsCheck> TryAsync(int id, IssuanceSettings settings, IProgress<PropagationProgress>? progress, [EnumeratorCancellation] CancellationToken ct)
    {
        var solver = await GetAsync(id, ct).ConfigureAwait(false);
        var provider = new RecordBatch(_time).Share(await _selector.GetProviderAsync(solver, ct).ConfigureAwait(false));
        foreach (var zone in solver.DnsZones)
        {
            var trial = new DnsSolverTrial(provider, _selector.CreatePropagation(_selector.CreateResolver(settings), settings), progress, LongestCleanUp, _time);
            await foreach (var check in trial.RunAsync(zone, ct).ConfigureAwait(false))
            {
                yield return check;
            }
        }
    }

    private Task<IAsyncDisposable> LockAsync(CancellationToken ct) => _rack.LockAsync("solvers", null, ct);

    private async Task<DnsSolver?> FindAsync(int id, CancellationToken ct) => id > 0
        ? (await _rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false)).FirstOrDefault(s => s.Id == id)
        : throw new InvalidInputException(ErrorCode.InvalidSolverId, $"{id} is not the id of a DNS solver. Ids are whole numbers from 1.", id);
}
