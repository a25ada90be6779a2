namespace ConvoxSsl.Commands;

/// <content>The publication to apps and targets after the renewals.</content>
public sealed partial class UpdateConvoxCertificateCommand
{
    /// <summary>Updates the outdated copies in apps, and delivers to outdated targets, even if no certificate was due.</summary>
    private void Publish()
    {
        if (!IsWhatIf)
        {
            Run(ct => Task.WhenAll(_runs.Keys.Select(session => session.Engine.Certificates.PublishAllAsync(ct))));
        }

        // A rack that cannot be read has had its error.
        foreach (var (session, run) in _runs.Where(item => item.Value.Ids is not { Count: 0 }))
        {
            ProcessItem(Target, () =>
            {
                var outdated = Run(ct => session.Engine.Deliveries.FindAsync(run.Ids, withCurrent: false, ct));
                var confirmed = outdated.Where(delivery => ConfirmAction(delivery.GetTitle(), "Deliver the certificate")).ToList();
                Run(ct => DeliverAsync(session, confirmed, retriesNow: Force, ct));
            });
        }
    }
}
