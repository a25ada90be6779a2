using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <content>The targets.</content>
public sealed partial class PublishConvoxCertificateCommand
{
    private readonly RackBatches<TargetDelivery> _deliveries = new();

    private protected override int BatchSize => _deliveries.Count;

    private protected override Task RunBatchesAsync(CancellationToken ct) => _deliveries.RunAsync(DeliverAllAsync, ct);

    /// <summary>Throws if the rack has neither apps nor targets.</summary>
    private void RequireDestination(RackSession session)
    {
        if (session.Rack.Publisher is null && (App is not null || Run(session.Rack.Targets.ListAsync).Count == 0))
        {
            throw new EngineException(
                ErrorCode.NoApps,
                EngineErrorKind.InvalidState,
                $"The rack '{session.Name}' is a local rack, which has no apps{(App is null ? ", and it has no targets" : null)}.",
                session.Name);
        }
    }

    /// <summary>Selects the deliveries of a certificate, or those that are outdated, after a confirmation.</summary>
    /// <returns>True if the certificate has a target.</returns>
    private bool SelectDeliveries(RackSession session, string? id)
    {
        // Who names an app means only that.
        if (App is not null)
        {
            return false;
        }

        var found = Run(ct => session.Engine.Deliveries.FindAsync(id is null ? null : [id], withCurrent: id is not null, ct));
        foreach (var delivery in found.Where(delivery => ConfirmAction(delivery.GetTitle(), "Deliver the certificate")))
        {
            _deliveries.Add(session, delivery);
        }

        return found.Count > 0;
    }

    private async Task DeliverAllAsync(RackSession session, IReadOnlyList<TargetDelivery> deliveries, CancellationToken ct)
    {
        var outcomes = await session.Engine.Deliveries.DeliverAsync(deliveries, retriesNow: true, ct);
        foreach (var outcome in outcomes)
        {
            var isNew = deliveries.First(delivery => IsSame(delivery, outcome.Delivery)).State?.DeliveredAt is null;
            if (PassThru)
            {
                WriteObject(outcome.ToModel(isNew, session.Name));
            }

            WriteFailure(outcome);
        }
    }

    private static bool IsSame(TargetDelivery one, TargetDelivery other) =>
        (one.Target.Id, one.Certificate.Record.Id) == (other.Target.Id, other.Certificate.Record.Id);
}
