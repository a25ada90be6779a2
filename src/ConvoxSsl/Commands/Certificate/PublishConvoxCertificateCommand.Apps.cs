using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Commands;

/// <content>The apps of a Kubernetes rack.</content>
public sealed partial class PublishConvoxCertificateCommand
{
    private void PublishOutdated(RackSession session, ICertificatePublisher publisher)
    {
        var outdated = new List<CertificateCopy>();
        Run(async ct =>
        {
            await foreach (var copy in publisher.PublishAllAsync(dryRun: true, ct))
            {
                outdated.Add(copy);
            }
        });
        if (outdated.Count == 0)
        {
            WriteVerbose($"Rack '{session.Name}' has no certificate with an outdated copy in an app.");
        }

        foreach (var copies in outdated.GroupBy(copy => copy.Id))
        {
            ProcessItem(copies.Key, () => Publish(session, copies.Key, [.. copies], publisher));
        }
    }

    /// <summary>Publishes one certificate after a confirmation.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="id">The ID of the certificate.</param>
    /// <param name="copies">The result of a dry run.</param>
    /// <param name="publisher">The publisher.</param>
    private void Publish(RackSession session, string id, IReadOnlyList<CertificateCopy> copies, ICertificatePublisher publisher)
    {
        var changes = copies
            .Where(copy => copy.Result is CertificateCopyResult.Updated or CertificateCopyResult.Created)
            .Select(copy => copy.App)
            .ToArray();
        if (changes.Length > 0)
        {
            if (!ConfirmAction(id, $"Publish to {string.Join(", ", changes)}"))
            {
                return;
            }

            copies = Run(ct => publisher.PublishAsync(id, App ?? [], dryRun: false, ct));
        }

        foreach (var copy in copies)
        {
            WriteResult(session, copy);
        }
    }

    private void WriteResult(RackSession session, CertificateCopy copy)
    {
        if (PassThru)
        {
            WriteObject(copy.ToModel(session.Name));
        }

        if (copy.Result == CertificateCopyResult.Failed)
        {
            var certificates = copy.Id == "*" ? "the certificates" : copy.Id;
            var failure = new EngineException(
                ErrorCode.NotPublished,
                EngineErrorKind.InvalidState,
                $"Cannot publish {certificates} to the app '{copy.App}' ({copy.Namespace}): {copy.Reason}",
                copy.Id)
            {
                Remedy = Remedy.Join(copy.Remedy, new Remedy(ErrorCode.NotPublished)),
            };
            WriteError(ErrorRecords.Create(failure, copy.Id, GetType()));
        }
    }
}
