using System.Collections.Concurrent;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>Records the last use of each DNS solver on the rack. A failure to record it does not affect the use.</summary>
internal sealed class DnsSolverUses(IssuanceContext context)
{
    // Of several successes, only the first changes the status of a solver. The others need not be written.
    private static readonly TimeSpan MinInterval = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<int, bool> _succeeded = new();

    /// <summary>Records a use.</summary>
    /// <param name="id">The solver's id.</param>
    /// <param name="failure">The failure; null if the use succeeded.</param>
    public async Task RecordAsync(int id, string? failure)
    {
        if (failure is null && !_succeeded.TryAdd(id, true))
        {
            return;
        }

        if (failure is not null)
        {
            _succeeded.TryRemove(id, out _);
        }

        var use = new SolverUse(id, context.Now, failure);
        await TryUpdateAsync(state => Add(state, use)).ConfigureAwait(false);
    }

    /// <summary>Forgets the uses of a solver that was added, changed or removed.</summary>
    public Task ForgetAsync(int id)
    {
        _succeeded.TryRemove(id, out _);
        return TryUpdateAsync(state => state.SolverUses.Any(use => use.Id == id)
            ? state with { SolverUses = [.. state.SolverUses.Where(use => use.Id != id)] }
            : state);
    }

    private static RackState Add(RackState state, SolverUse use) =>
        state.SolverUses.FirstOrDefault(other => other.Id == use.Id) is { Failure: null } before
        && use.Failure is null
        && use.At - before.At < MinInterval
            ? state
            : state with { SolverUses = [.. state.SolverUses.Where(other => other.Id != use.Id).Append(use).OrderBy(other => other.Id)] };

    // The caller may have been cancelled because of the failure, so its token is not used.
    private async Task TryUpdateAsync(Func<RackState, RackState> change)
    {
        try
        {
            var state = context.Rack.State;
            var before = await state.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (!ReferenceEquals(change(before), before))
            {
                await state.UpdateAsync(change, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            context.ReportDetail($"The use of a DNS solver could not be recorded: {e.Message}");
        }
    }
}
