using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;
using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Errors;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Waits until certificates that are being issued are there: goes on with orders that were broken off, and waits for the
/// domain's owner where the CA asked them. No process needs to wait: Update-ConvoxCertificate goes on with them too.
/// </summary>
/// <example>
/// <code>
/// Wait-ConvoxCertificate cert-1f0c8e52a9b7
/// </code>
/// Waits until a certificate is there.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain www.example.org | Wait-ConvoxCertificate -Timeout 10m
/// </code>
/// Waits for those that hold a name, ten minutes at most.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Status Pending | Wait-ConvoxCertificate
/// </code>
/// Goes on with everything that was broken off, in a job after a restart.
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "ConvoxCertificate")]
[OutputType(typeof(ConvoxCertificate))]
public sealed class WaitConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The ids of the certificates.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>How long to wait for each; then the order is left for a later run. Default: 15 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = IssueRequest.DefaultTimeout;

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        if (Timeout <= TimeSpan.Zero)
        {
            throw new Engine.InvalidInputException(ErrorCode.InvalidTimeout, $"Nothing can be waited for within {Timeout}. Give a positive time.", Timeout);
        }

        var session = OpenRack();
        foreach (var id in Id)
        {
            Defer(ct => WaitAsync(session, id, ct));
        }
    }

    private async Task WaitAsync(RackSession session, string id, CancellationToken ct)
    {
        try
        {
            WriteObject(session.Describe(await session.Engine.WaitAsync(id, new RenewalRequest { Timeout = Timeout }, ct)));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, id));
        }
    }
}
