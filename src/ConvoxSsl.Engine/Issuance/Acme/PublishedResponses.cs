using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>What one order has published, from when it is no longer needed: it is removed while the order goes on.</summary>
internal sealed class PublishedResponses(IOrderStore journal, TimeProvider time, IProgress<IssuanceEvent> events)
{
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(30);

    /// <summary>Whether all is removed; under way until that is known.</summary>
    public Task<bool> Removal { get; private set; } = Task.FromResult(true);

    /// <summary>Begins to remove responses.</summary>
    public void Remove(ILookup<IChallengeSolver, KeyAuthorization> responses) => Removal = RemoveAsync(responses);

    /// <summary>Waits for the removal and tells the journal of an order that does not go on now.</summary>
    public async Task ForgetAsync(string id)
    {
        if (!await Removal.ConfigureAwait(false))
        {
            return;
        }

        using var limit = new CancellationTokenSource(LongestRemoval, time);
        try
        {
            if (await journal.FindAsync(id, limit.Token).ConfigureAwait(false) is { Published.Count: > 0 } now)
            {
                await journal.SaveAsync(now with { Published = [] }, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsLeft(e))
        {
            // The next run then removes what is gone already, which is no error. Why the order failed says more.
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The journal could not be told that the responses are removed: {e.Message}"));
        }
    }

    private async Task<bool> RemoveAsync(ILookup<IChallengeSolver, KeyAuthorization> responses)
    {
        // Not the caller's token: cleaning up is what remains to be done after Ctrl+C.
        using var limit = new CancellationTokenSource(LongestRemoval, time);
        var isRemoved = true;
        foreach (var group in responses)
        {
            try
            {
                await group.Key.CleanUpAsync([.. group], limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (IsLeft(e))
            {
                events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"A published {group.Key.Type} response could not be removed: {e.Message} The next run tries again."));
                isRemoved = false;
            }
        }

        return isRemoved;
    }

    private static bool IsLeft(Exception e) => e is IOException or UnauthorizedAccessException or EngineException or OperationCanceledException;
}
