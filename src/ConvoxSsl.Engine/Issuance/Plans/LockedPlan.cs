namespace ConvoxSsl.Engine.Issuance.Plans;

/// <summary>A plan with the locks of its names and its certificate.</summary>
/// <param name="Plan">The plan, with what was read under the locks.</param>
/// <param name="Locks">The locks, in the order in which they were taken.</param>
internal sealed record LockedPlan(IssuancePlan Plan, Stack<IAsyncDisposable> Locks) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (Locks.TryPop(out var locked))
        {
            await locked.DisposeAsync().ConfigureAwait(false);
        }
    }
}
