using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>
/// Carries certificates of a rack in a cluster into the apps that use them. Convox copies a certificate into an app when a
/// release is promoted, and leaves the copy as it is; renewals of this module publish by themselves.
/// </summary>
/// <example>
/// <code>
/// Publish-ConvoxCertificate
/// </code>
/// Carries every certificate of which an app has an old copy.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain www.example.org | Publish-ConvoxCertificate -App web
/// </code>
/// Puts a certificate into the app web, also where it has none yet.
/// </example>
/// <example>
/// <code>
/// Connect-ConvoxRack -Name production
/// $failed = @(Publish-ConvoxCertificate | Where-Object Result -eq Failed)
/// if ($failed.Count -gt 0) { throw "Not published: $($failed.App -join ', ')" }
/// </code>
/// Publishes in a script, which fails where an app was left out.
/// </example>
[Cmdlet(VerbsData.Publish, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxPublication))]
public sealed class PublishConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The ids. By default all certificates of which an app has an old copy.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Apps that get a copy also where they have none yet.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? App { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        if (App is not null && Id is null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, "-App puts a certificate into an app: name the certificate with -Id.", App);
        }

        var session = OpenRack();
        var publisher = session.Rack.Publisher ?? throw new EngineException(
            ErrorCode.NoApps, EngineErrorKind.InvalidState, $"The rack '{session.Description.Name}' is a directory, and no app has copies of its certificates. Connect to a rack in a cluster with Connect-ConvoxRack -Name.", session.Description.Name);
        if (Id is null)
        {
            PublishOutdated(session, publisher);
            return;
        }

        foreach (var id in Id)
        {
            try
            {
                Publish(session, id, Run(ct => publisher.PublishAsync(id, App ?? [], dryRun: true, ct)), publisher);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, id));
            }
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
        foreach (var copies in outdated.GroupBy(copy => copy.Id))
        {
            try
            {
                Publish(session, copies.Key, [.. copies], publisher);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, copies.Key));
            }
        }
    }

    /// <summary>Publishes one certificate, after what that would do is known.</summary>
    private void Publish(RackSession session, string id, IReadOnlyList<CertificateCopy> copies, ICertificatePublisher publisher)
    {
        if (copies.Count == 0)
        {
            WriteVerbose($"No app has a copy of {id}. -App puts it into one.");
        }

        var changes = copies.Where(copy => copy.Result is CertificateCopyResult.Updated or CertificateCopyResult.Created).Select(copy => copy.App).ToArray();
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
            Show(session, copy);
        }
    }

    private void Show(RackSession session, CertificateCopy copy)
    {
        WriteObject(new ConvoxPublication
        {
            Id = copy.Id,
            App = copy.App,
            Namespace = copy.Namespace,
            Result = Enum.Parse<ConvoxPublicationResult>(copy.Result.ToString()),
            Reason = copy.Reason,
            Rack = session.Description.Name,
        });
        if (copy.Result == CertificateCopyResult.Failed)
        {
            var certificates = copy.Id == "*" ? "The certificates" : copy.Id;
            WriteError(ErrorRecords.Create(
                new EngineException(ErrorCode.NotPublished, EngineErrorKind.InvalidState, $"{certificates} could not be published to the app '{copy.App}' ({copy.Namespace}): {copy.Reason}", copy.Id)
                {
                    Remedy = "Mend that, and Publish-ConvoxCertificate tries again.",
                },
                copy.Id));
        }
    }
}
