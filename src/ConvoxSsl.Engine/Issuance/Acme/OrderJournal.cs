using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// The journal of a rack's orders. Every change of an order's state is a method here, and each is durable when it returns, so
/// that a run after a kill can resume or clean up. Callers hold the lock of the certificate unless a method takes it itself.
/// </summary>
internal sealed class OrderJournal(IssuanceContext context, ChallengeCleanup cleanup)
{
    private IOrderStore Store => context.Rack.Orders;

    /// <summary>Finds the order for a certificate; null if there is none.</summary>
    /// <exception cref="EngineException"><c>OrderDamaged</c>.</exception>
    public Task<OrderRecord?> FindAsync(string id, CancellationToken ct) => Store.FindAsync(id, ct);

    /// <summary>Finds the order for a certificate. Returns null if the record is damaged; only resuming needs it.</summary>
    public async Task<OrderRecord?> TryFindAsync(string id, CancellationToken ct)
    {
        try
        {
            return await Store.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            return null;
        }
    }

    /// <summary>Reads the certificate key of an order; null if the user's own signing request is used.</summary>
    public Task<PrivateKey?> ReadKeyAsync(string id, CancellationToken ct) => Store.ReadKeyAsync(id, ct);

    /// <summary>Stores a new order with its key, before the first request to the CA.</summary>
    public Task BeginAsync(OrderRecord order, PrivateKey? key, CancellationToken ct) => Store.CreateAsync(order, key, ct);

    /// <summary>Stores the progress of an order.</summary>
    public Task SaveAsync(OrderRecord order, CancellationToken ct) => Store.SaveAsync(order, ct);

    /// <summary>Removes what an earlier run published for an order, and records that.</summary>
    public async Task<OrderRecord> CleanUpAsync(OrderRecord order, CancellationToken ct)
    {
        await cleanup.RemovePublishedAsync(order, ct).ConfigureAwait(false);
        order = order with { Published = [] };
        await Store.SaveAsync(order, ct).ConfigureAwait(false);
        return order;
    }

    /// <summary>
    /// Records that the certificate of an order is stored. The order stays until what it published is removed, so that the next
    /// run cleans up if this one is killed.
    /// </summary>
    /// <returns>True if the order stays; call <see cref="FinishAsync"/> when the removal has ended.</returns>
    public async Task<bool> MarkStoredAsync(OrderRecord order, Task<bool> removal, CancellationToken ct)
    {
        if (removal.IsCompleted && await removal.ConfigureAwait(false))
        {
            await RemoveAsync(order.Certificate.Id, ct).ConfigureAwait(false);
            return false;
        }

        await Store.SaveAsync(order with { IsEnded = true, Failure = null }, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Removes a stored order after its responses were removed, unless another order has taken its place. Takes the lock. If this
    /// fails, a later run finds nothing to clean up and removes it.
    /// </summary>
    public async Task FinishAsync(CertificateEntry stored, Task<bool> removal)
    {
        if (!await removal.ConfigureAwait(false))
        {
            return;
        }

        // Not the caller's token: this has to be done after Ctrl+C too.
        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, context.Time);
        var id = stored.Record.Id;
        try
        {
            await using var locked = await context.Rack.LockAsync(CertificateLocks.NameOf(id), null, limit.Token).ConfigureAwait(false);
            if (await TryFindAsync(id, limit.Token).ConfigureAwait(false) is { IsEnded: true } order && order.Version == stored.LiveVersion)
            {
                await RemoveAsync(id, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IssuanceContext.IsCleanupFailure(e))
        {
            context.ReportDetail($"The order for {id} could not be removed from the journal: {e.Message}", Remedy.FromException(e));
        }
    }

    /// <summary>Records a failure after which the next run resumes the order.</summary>
    /// <param name="certificate">The certificate, in case no order was begun.</param>
    /// <param name="order">The order; null if none was begun.</param>
    /// <param name="failure">The failure to remember.</param>
    /// <returns>The remembered failure; null if none is.</returns>
    public async Task<IssuanceFailure?> MarkInterruptedAsync(CertificateRecord certificate, OrderRecord? order, IssuanceFailure failure)
    {
        // Before an order, only the CA's own delay counts: the user can fix anything else and try again at once.
        if (order is null && !failure.IsAskedByCa)
        {
            return null;
        }

        order ??= new OrderRecord { Certificate = certificate, Started = context.Now, IsEnded = true };
        await Store.SaveAsync(order with { Failure = failure }, CancellationToken.None).ConfigureAwait(false);
        return failure;
    }

    /// <summary>
    /// Ends an order that failed for good. Its record keeps the failure; its key goes unless cleanup is still to be done.
    /// </summary>
    /// <returns>The failure.</returns>
    public async Task<IssuanceFailure?> MarkFailedAsync(OrderRecord order, IssuanceFailure failure)
    {
        var failed = order with { OrderUrl = null, WaitsFor = null, IsEnded = true, Failure = failure };
        await (failed.Published.Count > 0
            ? Store.SaveAsync(failed, CancellationToken.None)
            : Store.CreateAsync(failed, null, CancellationToken.None)).ConfigureAwait(false);
        return failure;
    }

    /// <summary>Ends an order without a failure to remember. Its record stays only if cleanup is still to be done.</summary>
    public Task DropAsync(OrderRecord order) => order.Published.Count > 0
        ? Store.SaveAsync(order with { OrderUrl = null, IsEnded = true }, CancellationToken.None)
        : RemoveAsync(order.Certificate.Id, CancellationToken.None);

    /// <summary>
    /// Finishes the order of a certificate that is stored, if an earlier run was killed before it could: makes its version live,
    /// removes what it published and removes the order.
    /// </summary>
    public async Task<RecoveryResult> RecoverAsync(CertificateEntry known, CancellationToken ct)
    {
        var id = known.Record.Id;
        OrderRecord? order;
        try
        {
            order = await Store.FindAsync(id, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.InvalidData)
        {
            context.ReportDetail(e.Message, e.Remedy);
            return new RecoveryResult(known, null) { Damage = e };
        }

        if (order is null)
        {
            // A kill between the two files of an order leaves its key.
            await RemoveAsync(id, ct).ConfigureAwait(false);
            return new RecoveryResult(known, null);
        }

        if (order.Version == 0 || known.Versions.All(v => v.Number < order.Version))
        {
            return new RecoveryResult(known, order);
        }

        if (order.IsEnded)
        {
            // A later version is stored, so the failure of this order no longer matters.
            await CleanUpLeftoverAsync(order with { Failure = null }, ct).ConfigureAwait(false);
            return new RecoveryResult(known, null);
        }

        context.ReportDetail($"The certificate of the interrupted order {order.OrderUrl} is stored already.");
        if (known.LiveVersion < order.Version && known.Versions.Any(v => v.Number == order.Version))
        {
            known = await context.Rack.Certificates.SwitchAsync(id, order.Version, ct).ConfigureAwait(false);
        }

        await AbandonAsync(id, order, ct).ConfigureAwait(false);
        await context.Rack.Certificates.RemoveLeftoversAsync(id, ct).ConfigureAwait(false);
        return new RecoveryResult(known, null) { IsFinished = true };
    }

    /// <summary>Removes an order that will not be resumed, and what it published.</summary>
    /// <param name="id">The certificate.</param>
    /// <param name="order">The order; null if there is none or it is damaged.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task AbandonAsync(string id, OrderRecord? order, CancellationToken ct)
    {
        if (order is { Published.Count: > 0 })
        {
            await CleanUpAsync(order, ct).ConfigureAwait(false);
        }

        await RemoveAsync(id, ct).ConfigureAwait(false);
    }

    /// <summary>Removes an order and its key. Idempotent.</summary>
    public Task RemoveAsync(string id, CancellationToken ct) => Store.RemoveAsync(id, ct);

    /// <summary>
    /// Removes what killed dry runs and ended orders left published. Takes the locks. What cannot be removed stays for the next
    /// run, with a warning.
    /// </summary>
    public async Task CleanUpLeftoversAsync(CancellationToken ct)
    {
        var ids = new Queue<string>();
        await foreach (var order in Store.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (order.IsLeftover)
            {
                ids.Enqueue(order.Certificate.Id);
            }
        }

        while (ids.TryDequeue(out var id))
        {
            string[] following = [.. ids.Select(CertificateLocks.NameOf)];
            await using var locked = await context.Rack.LockAsync(CertificateLocks.NameOf(id), following, null, ct).ConfigureAwait(false);
            if (await TryFindAsync(id, ct).ConfigureAwait(false) is { IsLeftover: true } current)
            {
                await CleanUpLeftoverAsync(current, ct).ConfigureAwait(false);
            }
        }
    }

    // Keeps the record if cleanup fails, or if it remembers a failure.
    private async Task CleanUpLeftoverAsync(OrderRecord order, CancellationToken ct)
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
            var name = order.Certificate.Domains[0];
            context.ReportWarning(
                $"The challenge responses of an earlier order for {name} could not be removed: {e.Message} The next run tries again.",
                Remedy.FromException(e));
            return;
        }

        if (order.IsDryRun || order.Failure is null)
        {
            await RemoveAsync(order.Certificate.Id, ct).ConfigureAwait(false);
        }
    }
}

/// <summary>The result of <see cref="OrderJournal.RecoverAsync"/>.</summary>
/// <param name="Known">The certificate.</param>
/// <param name="Order">The order that remains; null if there is none.</param>
internal sealed record RecoveryResult(CertificateEntry Known, OrderRecord? Order)
{
    /// <summary>True if an interrupted order was finished, so that the certificate is new.</summary>
    public bool IsFinished { get; init; }

    /// <summary>The error of reading the order, if its record is damaged.</summary>
    public EngineException? Damage { get; init; }
}
