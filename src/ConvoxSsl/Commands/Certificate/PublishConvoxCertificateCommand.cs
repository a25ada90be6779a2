using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>
/// Delivers certificates now: to the targets of this machine, and on a Kubernetes rack to the apps that use them. Renewals of this module
/// do so automatically.
/// </summary>
/// <remarks>
/// Use it to retry a failed delivery at once, after another program changed a certificate, or to give an app a certificate before its next
/// promotion: Convox copies a certificate to an app at each promotion and does not update the copy.
/// </remarks>
/// <example>
/// <para>Delivers all certificates whose live version is not at its targets and in the apps yet.</para>
/// <code>Publish-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Writes the files of all targets of a certificate again, and reloads their servers.</para>
/// <code>Publish-ConvoxCertificate www.example.org</code>
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
/// if ($failed.Count -gt 0) { throw "Not published: $($failed.Id -join ', ')" }
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
        var publisher = session.Rack.Publisher;
        RequireDestination(session);
        if (Id is null && Domain is null)
        {
            SelectDeliveries(session, null);
            if (publisher is not null)
            {
                PublishOutdated(session, publisher);
            }
        }

        foreach (var query in CreateQueries(Id, Domain))
        {
            ProcessCertificates(session, query, SelectionScope.Stored, selected =>
            {
                var id = selected.RequireIssued().Record.Id;
                var hasTarget = SelectDeliveries(session, id);
                if (publisher is null && !hasTarget && !query.IsPattern && !MyInvocation.ExpectingInput)
                {
                    WriteWarning($"No certificate target of this machine is for {selected.Title}, so nothing is delivered.");
                }

                if (publisher is not null)
                {
                    var copies = Run(ct => publisher.PublishAsync(id, App ?? [], dryRun: true, ct));
                    ReportIfNone(copies, selected, isNamed: !hasTarget && !query.IsPattern && !MyInvocation.ExpectingInput);
                    Publish(session, id, copies, publisher);
                }
            });
        }
    }
}
