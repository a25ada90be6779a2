using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Removes published challenge responses: those of this run, and those that a killed run has left.</summary>
internal sealed class ChallengeCleanup(IssuanceContext context, SolverSelector solvers)
{
    /// <summary>True if a DNS provider rejected a request before it wrote a record.</summary>
    public static bool IsRejection(EngineException e) => e.Code
        is ErrorCode.DnsZoneNotFound or ErrorCode.DnsCredentialsRefused or ErrorCode.DnsPermissionMissing or ErrorCode.DnsRoleNotAssumable;

    /// <summary>
    /// Removes the responses of an order of this run. Not cancelable, because they must go after Ctrl+C too; a time limit
    /// applies instead. A failure is a warning, unless the same failure prevented the publication.
    /// </summary>
    /// <param name="responses">The responses.</param>
    /// <param name="rejection">The rejection of their publication; null if they may have been published.</param>
    /// <returns>True if all are removed.</returns>
    public async Task<bool> TryRemoveAsync(ILookup<IChallengeSolver, KeyAuthorization> responses, EngineException? rejection)
    {
        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, context.Time);
        var isRemoved = true;
        foreach (var group in responses)
        {
            try
            {
                await group.Key.CleanUpAsync([.. group], limit.Token).ConfigureAwait(false);
            }
            catch (EngineException e) when (
                rejection is not null && e.Code == rejection.Code && e.Message.Contains(rejection.Message, StringComparison.Ordinal))
            {
                context.ReportDetail($"There is no {group.Key.Type} response to remove: {e.Message}");
            }
            catch (Exception e) when (IssuanceContext.IsCleanupFailure(e))
            {
                context.ReportWarning(
                    $"A published {group.Key.Type} response could not be removed: {e.Message} The next run tries again.",
                    Remedy.FromException(e));
                isRemoved = false;
                if (Dns01Solver.FindSolverId(group.First()) is { } solver)
                {
                    await solvers.Uses.RecordAsync(solver, context.DescribeFailure(e)).ConfigureAwait(false);
                }
            }
        }

        return isRemoved;
    }

    /// <summary>Removes what an earlier run published for an order.</summary>
    /// <exception cref="EngineException">A response could not be removed.</exception>
    public async Task RemovePublishedAsync(OrderRecord order, CancellationToken ct)
    {
        var bySolver = new Dictionary<IChallengeSolver, List<KeyAuthorization>>();
        foreach (var response in order.Published)
        {
            var settings = order.Certificate.Settings ?? new IssuanceSettings();
            var solver = await solvers.FindPublisherAsync(response, settings, ct).ConfigureAwait(false);
            bySolver.TryAdd(solver, []);
            bySolver[solver].Add(response);
        }

        foreach (var (solver, responses) in bySolver)
        {
            await solver.CleanUpAsync(responses, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the removal of the responses of an interrupted order, and journals it.</summary>
    public async Task JournalRemovalAsync(OrderAttempt? attempt)
    {
        if (attempt is not { Order: not null, IsFulfilled: false }
            || !await attempt.Journaled.Removal.ConfigureAwait(false)
            || attempt.Record.Published.Count == 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, context.Time);
        try
        {
            await attempt.Journaled.SaveAsync(attempt.Record with { Published = [] }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IssuanceContext.IsCleanupFailure(e))
        {
            // The next run removes them once more, which is no error. The order's own failure says more.
            context.ReportDetail(
                $"The removal of the challenge responses could not be journaled: {e.Message}", Remedy.FromException(e));
        }
    }
}
