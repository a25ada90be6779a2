using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>The DNS solvers of a rack, and the operations on them.</summary>
public sealed class DnsSolverCatalog
{
    // Above the timeouts and retries of every provider's requests.
    private static readonly TimeSpan MaxCall = TimeSpan.FromMinutes(5);

    private readonly IssuanceContext _context;
    private readonly IRack _rack;
    private readonly SolverSelector _selector;

    internal DnsSolverCatalog(IssuanceContext context, SolverSelector selector)
    {
        _context = context;
        _rack = context.Rack;
        _selector = selector;
    }

    /// <summary>Gets a solver.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidSolverId</c>.</exception>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task<DnsSolver> GetAsync(int id, CancellationToken ct) =>
        await FindAsync(id, ct).ConfigureAwait(false) ?? throw new EngineException(
            ErrorCode.DnsSolverNotFound, EngineErrorKind.NotFound, $"Cannot find DNS solver {id} on this rack.", id);

    /// <summary>Verifies that an id is free.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidSolverId</c>; <c>DnsSolverExists</c>: it is in use.</exception>
    public async Task RequireFreeAsync(int id, CancellationToken ct)
    {
        if (await FindAsync(id, ct).ConfigureAwait(false) is { } used)
        {
            throw new InvalidInputException(
                ErrorCode.DnsSolverExists, $"DNS solver {id} exists already, for {string.Join(", ", used.DnsZones)}.", id);
        }
    }

    /// <summary>Finds the next free id: one more than the highest in use.</summary>
    public async Task<int> FindNextIdAsync(CancellationToken ct) =>
        (await _rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false)).Select(solver => solver.Id).Append(0).Max() + 1;

    /// <summary>Stores a new solver.</summary>
    /// <exception cref="InvalidInputException">As <see cref="RequireFreeAsync"/>.</exception>
    public Task<DnsSolver> AddAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct) => AddAsync(
        async () =>
        {
            await RequireFreeAsync(solver.Id, ct).ConfigureAwait(false);
            return solver;
        },
        secret,
        ct);

    /// <summary>Stores a new solver with the next free id instead of its own.</summary>
    public Task<DnsSolver> AddNextAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct) =>
        AddAsync(async () => solver with { Id = await FindNextIdAsync(ct).ConfigureAwait(false) }, secret, ct);

    /// <summary>Changes a solver, and its credential if one is given.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task<DnsSolver> ChangeAsync(int id, Func<DnsSolver, DnsSolver> change, DnsSecret? secret, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        DnsSolver changed;
        await using (await LockAsync(ct).ConfigureAwait(false))
        {
            changed = change(await GetAsync(id, ct).ConfigureAwait(false));
            await _rack.DnsSolvers.SaveAsync(changed, secret, ct).ConfigureAwait(false);
        }

        await _selector.Uses.ForgetAsync(id).ConfigureAwait(false);
        await WarnOfFaultAsync(changed, ct).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Removes a solver with its credential.</summary>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    public async Task RemoveAsync(int id, CancellationToken ct)
    {
        await GetAsync(id, ct).ConfigureAwait(false);
        await using (await LockAsync(ct).ConfigureAwait(false))
        {
            await _rack.DnsSolvers.RemoveAsync(id, ct).ConfigureAwait(false);
        }

        await _selector.Uses.ForgetAsync(id).ConfigureAwait(false);
    }

    /// <summary>
    /// Tests a solver for each of its zones: checks what its provider needs, then writes a TXT record, waits until every name
    /// server has it, and removes it. Leaves nothing behind, even when canceled; after a kill, the next run removes the record. A provider
    /// that does not respond in time fails its check. Before that, checks that the version of the rack's controller can use the solver.
    /// </summary>
    /// <param name="id">The solver.</param>
    /// <param name="settings">The settings of DNS lookups and their time limit.</param>
    /// <param name="progress">Receives the number of name servers that have the record.</param>
    /// <param name="ct">The cancellation token.</param>
    public async IAsyncEnumerable<DnsCheck> TryAsync(
        int id, IssuanceSettings settings, IProgress<PropagationProgress>? progress, [EnumeratorCancellation] CancellationToken ct)
    {
        var solver = await GetAsync(id, ct).ConfigureAwait(false);
        if (await CheckControllerAsync(solver, ct).ConfigureAwait(false) is { HasFault: { } hasFault } controller)
        {
            yield return new DnsCheck(
                $"Supported by {controller.Controller}", !hasFault, controller.Message, hasFault ? new Remedy("ControllerFault") : null);
        }

        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        var provider = await GetProviderAsync(solver, settings, ct).ConfigureAwait(false);
        DnsCheck? failed = null;
        foreach (var zone in solver.DnsZones)
        {
            var propagation = _selector.CreatePropagation(_selector.GetResolver(settings), settings);
            var trial = new DnsSolverTrial(id, provider, propagation, progress, _context);
            await foreach (var check in trial.RunAsync(zone, ct).ConfigureAwait(false))
            {
                failed ??= check.Passed ? null : check;
                yield return check with { Zone = zone };
            }
        }

        await _selector.Uses.RecordAsync(id, failed is null ? null : $"{failed.Check}: {failed.Detail}").ConfigureAwait(false);
    }

    private async Task<IDnsProvider> GetProviderAsync(DnsSolver solver, IssuanceSettings settings, CancellationToken ct)
    {
        try
        {
            var provider = await _selector.GetProviderAsync(solver, settings, ct).ConfigureAwait(false);
            return new RecordBatch(_context.Time).Share(new TimeLimitedProvider(provider, MaxCall, _context.Time));
        }
        catch (EngineException e)
        {
            await _selector.Uses.RecordAsync(solver.Id, _context.DescribeFailure(e)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<DnsSolver> AddAsync(Func<Task<DnsSolver>> prepareAsync, DnsSecret? secret, CancellationToken ct)
    {
        await _rack.PrepareAsync(ct).ConfigureAwait(false);
        DnsSolver added;
        await using (await LockAsync(ct).ConfigureAwait(false))
        {
            added = await prepareAsync().ConfigureAwait(false);
            await _rack.DnsSolvers.SaveAsync(added, secret, ct).ConfigureAwait(false);
        }

        await _selector.Uses.ForgetAsync(added.Id).ConfigureAwait(false);
        await WarnOfFaultAsync(added, ct).ConfigureAwait(false);
        return added;
    }

    private async Task WarnOfFaultAsync(DnsSolver stored, CancellationToken ct)
    {
        if (await CheckControllerAsync(stored, ct).ConfigureAwait(false) is { HasFault: true } check)
        {
            _context.ReportWarning(check.Message, new Remedy("ControllerFault"));
        }
    }

    private async Task<ControllerCheck?> CheckControllerAsync(DnsSolver solver, CancellationToken ct)
    {
        var check = _rack.Controller is { } controller ? await controller.CheckAsync(solver, ct).ConfigureAwait(false) : null;
        if (check is { HasFault: null })
        {
            _context.ReportDetail(check.Message);
        }

        return check;
    }

    private Task<IAsyncDisposable> LockAsync(CancellationToken ct) => _rack.LockAsync("solvers", null, ct);

    private async Task<DnsSolver?> FindAsync(int id, CancellationToken ct) => id > 0
        ? (await _rack.DnsSolvers.ListAsync(ct).ConfigureAwait(false)).FirstOrDefault(s => s.Id == id)
        : throw new InvalidInputException(
            ErrorCode.InvalidSolverId, $"The DNS solver id {id} is not valid because ids are whole numbers from 1.", id);
}
