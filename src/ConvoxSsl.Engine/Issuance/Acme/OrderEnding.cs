using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// How orders end: what they published is removed, a certificate that was stored is made live, and the journal keeps what
/// is still to be done. Whoever calls holds the lock of the certificate, but where a method takes it itself.
/// </summary>
internal sealed class OrderEnding(IRack rack, SolverSelector solvers, TimeProvider time, IProgress<IssuanceEvent> events)
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    /// <summary>Ends an order of which nothing is published any more.</summary>
    public Task EndAsync(string id, CancellationToken ct) => rack.Orders.RemoveAsync(id, ct);

    /// <summary>
    /// Ends an order whose certificate is stored. As long as something of it may be published, it stays in the journal as
    /// one that has ended, so that a run after a kill removes that.
    /// </summary>
    /// <returns>Whether it stays: then <see cref="EndRemovedAsync"/> is for when the removal is over.</returns>
    public async Task<bool> EndStoredAsync(string id, Task<bool> removal, CancellationToken ct)
    {
        if (removal.IsCompleted && await removal.ConfigureAwait(false))
        {
            await EndAsync(id, ct).ConfigureAwait(false);
            return false;
        }

        if (await rack.Orders.FindAsync(id, ct).ConfigureAwait(false) is not { } order)
        {
            return false;
        }

        await rack.Orders.SaveAsync(order with { IsEnded = true, Failure = null }, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Ends the order of a version that is stored when the removal is over, unless another order has taken its place. Where
    /// that can't be done, a later run finds nothing to remove and ends it.
    /// </summary>
    public async Task EndRemovedAsync(CertificateEntry stored, Task<bool> removal)
    {
        if (!await removal.ConfigureAwait(false))
        {
            return;
        }

        // Not the caller's token: this is what remains to be done after Ctrl+C.
        using var limit = new CancellationTokenSource(LongestEnd, time);
        var id = stored.Record.Id;
        try
        {
            await using var locked = await rack.LockAsync(CertificateCatalog.LockOf(id), null, limit.Token).ConfigureAwait(false);
            if (await TryFindOrderAsync(id, limit.Token).ConfigureAwait(false) is { IsEnded: true } order && order.Version == stored.LiveVersion)
            {
                await EndAsync(id, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException or OperationCanceledException)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The order for {id} could not be ended: {e.Message}"));
        }
    }

    /// <summary>
    /// Removes what killed dry runs and orders that have ended left published; what can't be removed stays for the next
    /// time, with a warning.
    /// </summary>
    public async Task EndLeftoversAsync(CancellationToken ct)
    {
        await foreach (var order in rack.Orders.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (order.IsLeftover)
            {
                await using var locked = await rack.LockAsync(CertificateCatalog.LockOf(order.Certificate.Id), null, ct).ConfigureAwait(false);
                if (await TryFindOrderAsync(order.Certificate.Id, ct).ConfigureAwait(false) is { IsLeftover: true } now)
                {
                    await EndLeftoverAsync(now, ct).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Ends an order without a certificate; what could not be removed yet stays in the journal for the next run.</summary>
    public async Task DropAsync(string id)
    {
        if (await rack.Orders.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { Published.Count: > 0 } left)
        {
            await rack.Orders.SaveAsync(left with { OrderUrl = null, IsEnded = true }, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        await rack.Orders.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Ends an order that failed and keeps the place where its failure is remembered.</summary>
    public async Task CloseAsync(string id)
    {
        if (await rack.Orders.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { } order)
        {
            var closed = order with { OrderUrl = null, WaitsFor = null, IsEnded = true };
            await (closed.Published.Count > 0 ? rack.Orders.SaveAsync(closed, CancellationToken.None) : rack.Orders.CreateAsync(closed, null, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>The unfinished order for a certificate; a damaged one is as none, because it matters only to who has to go on with it.</summary>
    public async Task<OrderRecord?> TryFindOrderAsync(string id, CancellationToken ct)
    {
        try
        {
            return await rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            return null;
        }
    }

    /// <summary>Removes what an order that nobody goes on with left published, and ends it, also a damaged one.</summary>
    public async Task AbandonAsync(string id, CancellationToken ct)
    {
        if (await TryFindOrderAsync(id, ct).ConfigureAwait(false) is { Published.Count: > 0 } order)
        {
            await CleanUpAsync(order, ct).ConfigureAwait(false);
        }

        await EndAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Finishes an order whose certificate is stored already, because the run was killed after that: makes its version
    /// live, ends it and removes what that run left. A damaged order matters only to who has to go on with it.
    /// </summary>
    /// <returns>The certificate, the order where there is still something to do for it, and whether one was finished.</returns>
    public async Task<(CertificateEntry Known, OrderRecord? Order, bool IsFinished)> SettleAsync(CertificateEntry known, CancellationToken ct)
    {
        var id = known.Record.Id;
        OrderRecord? order;
        try
        {
            order = await rack.Orders.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Detail, e.Message));
            return (known, null, false);
        }

        if (order is null)
        {
            // A kill between the two files of an order leaves its key.
            await EndAsync(id, ct).ConfigureAwait(false);
            return (known, null, false);
        }

        if (order.Version == 0 || known.Versions.All(v => v.Number < order.Version))
        {
            return (known, order, false);
        }

        if (order.IsEnded)
        {
            // With a later version there, a failure that it ended with is no longer of interest.
            await EndLeftoverAsync(order with { Failure = null }, ct).ConfigureAwait(false);
            return (known, null, false);
        }

        events.Report(new IssuanceEvent(IssuanceEventKind.Detail, $"The certificate of the order that broke off, {order.OrderUrl}, is stored already."));
        if (known.LiveVersion < order.Version && known.Versions.Any(v => v.Number == order.Version))
        {
            known = await rack.Certificates.SwitchAsync(id, order.Version, ct).ConfigureAwait(false);
        }

        await AbandonAsync(id, ct).ConfigureAwait(false);
        await rack.Certificates.RemoveLeftoversAsync(id, ct).ConfigureAwait(false);
        return (known, null, true);
    }

    /// <summary>Removes what an order left published, and has the journal forget it.</summary>
    public async Task<OrderRecord> CleanUpAsync(OrderRecord broken, CancellationToken ct)
    {
        var bySolver = new Dictionary<IChallengeSolver, List<KeyAuthorization>>();
        foreach (var response in broken.Published)
        {
            var solver = await solvers.ForPublishedAsync(response, broken.Certificate.Settings ?? new IssuanceSettings(), ct).ConfigureAwait(false);
            bySolver.TryAdd(solver, []);
            bySolver[solver].Add(response);
        }

        foreach (var (solver, responses) in bySolver)
        {
            await solver.CleanUpAsync(responses, ct).ConfigureAwait(false);
        }

        broken = broken with { Published = [] };
        await rack.Orders.SaveAsync(broken, ct).ConfigureAwait(false);
        return broken;
    }

    /// <summary>Ends a leftover, whose lock is held. What can't be removed stays in the journal; so does the memory of a failure.</summary>
    private async Task EndLeftoverAsync(OrderRecord order, CancellationToken ct)
    {
        try
        {
            if (order.Published.Count > 0)
            {
                await CleanUpAsync(order, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EngineException)
        {
            events.Report(new IssuanceEvent(IssuanceEventKind.Warning, $"What an earlier order for {order.Certificate.Domains[0]} published could not be removed: {e.Message} The next run tries again."));
            return;
        }

        if (order.IsDryRun || order.Failure is null)
        {
            await EndAsync(order.Certificate.Id, ct).ConfigureAwait(false);
        }
    }
}
