using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>
/// Publishes certificates of a Kubernetes rack to the apps that use them. Convox copies a certificate to an app at each promotion
/// and does not update the copy; renewals of this module publish automatically.
/// </summary>
/// <remarks>
/// Use it after another program changed a certificate, or to give an app a certificate before its next promotion. Only the copies in
/// apps change.
/// </remarks>
/// <example>
/// <para>Updates all outdated copies in all apps.</para>
/// <code>Publish-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Publishes a certificate to the app web, even if the app has no copy yet.</para>
/// <code>Publish-ConvoxCertificate www.example.org -App web</code>
/// </example>
/// <example>
/// <para>Publishes in a script that fails if an app was not updated.</para>
/// <code>
/// Connect-ConvoxRack -Name production
/// $failed = @(Publish-ConvoxCertificate | Where-Object Result -eq Failed)
/// if ($failed.Count -gt 0) { throw "Not published: $($failed.App -join ', ')" }
/// </code>
/// </example>
[Cmdlet(VerbsData.Publish, "ConvoxCertificate", SupportsShouldProcess = true, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxPublication))]
public sealed partial class PublishConvoxCertificateCommand : ConvoxCmdlet
{
    private protected override object? Target => Id ?? Domain;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireNoInput(Id);
    }

    private protected override void ProcessInput()
    {
        if (App is not null && Id is null && Domain is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "An app was given without a certificate to publish.", App)
            {
                Remedy = new Remedy("InvalidParameters.App"),
            };
        }

        var session = OpenRack();
        var publisher = session.Rack.Publisher ?? throw new EngineException(
            ErrorCode.NoApps, EngineErrorKind.InvalidState, $"The rack '{session.Name}' is a local rack, which has no apps.", session.Name);
        if (Id is null && Domain is null)
        {
            PublishOutdated(session, publisher);
            return;
        }

        foreach (var query in CreateQueries(Id, Domain))
        {
            ProcessCertificates(session, query, SelectionScope.Stored, selected =>
            {
                var id = selected.RequireIssued().Record.Id;
                var copies = Run(ct => publisher.PublishAsync(id, App ?? [], dryRun: true, ct));
                ReportIfNone(copies, selected, isNamed: !query.IsPattern && !MyInvocation.ExpectingInput);
                Publish(session, id, copies, publisher);
            });
        }
    }

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
