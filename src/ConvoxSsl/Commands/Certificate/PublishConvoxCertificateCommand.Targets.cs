using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <content>The targets.</content>
public sealed partial class PublishConvoxCertificateCommand
{
    private readonly RackBatches<TargetDelivery> _deliveries = new();
    private readonly Dictionary<RackSession, IReadOnlyList<TargetDelivery>> _found = new(ReferenceEqualityComparer.Instance);

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
        // A user who names an app wants only that app.
        if (App is not null)
        {
            return false;
        }

        // Once for all certificates, because it lists those of the rack.
        if (!_found.TryGetValue(session, out var all))
        {
            _found[session] = all = Run(ct => session.Engine.Deliveries.FindAsync(null, withCurrent: true, ct));
        }

        var found = all
            .Where(delivery => id is null ? delivery.Status != DeliveryStatus.Current : delivery.Certificate.Record.Id == id)
            .ToList();
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
            if (PassThru)
            {
                WriteObject(outcome.ToModel(session.Name));
            }

            WriteFailure(outcome);
        }
    }
}
