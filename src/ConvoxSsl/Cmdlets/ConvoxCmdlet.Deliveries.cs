using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Cmdlets;

/// <content>The delivery of certificates to targets.</content>
public abstract partial class ConvoxCmdlet
{
    private readonly RackBatches<string> _changed = new();

    /// <summary>Delivers a certificate with a new live version at the end of the command.</summary>
    private protected void DeliverAtEnd(RackSession session, string id) => _changed.Add(session, id);

    /// <summary>Delivers certificates to targets, and writes an error for each that failed.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="retriesNow">True to retry after a failure at once.</param>
    /// <param name="ct">The cancellation token.</param>
    private protected async Task DeliverAsync(
        RackSession session, IReadOnlyList<TargetDelivery> deliveries, bool retriesNow, CancellationToken ct)
    {
        foreach (var outcome in await session.Engine.Deliveries.DeliverAsync(deliveries, retriesNow, ct))
        {
            WriteFailure(outcome);
        }
    }

    /// <summary>Writes an error if a delivery failed.</summary>
    private protected void WriteFailure(DeliveryOutcome outcome)
    {
        if (outcome.FindError() is { } error)
        {
            WriteError(ErrorRecords.Create(error, cmdlet: GetType()));
        }
    }

    private Task DeliverChangedAsync(CancellationToken ct) => _changed.RunAsync(
        async (session, ids, stop) =>
        {
            var deliveries = await session.Engine.Deliveries.FindAsync(ids, withCurrent: false, stop);
            await DeliverAsync(session, deliveries, retriesNow: true, stop);
        },
        ct);
}
