using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Errors;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Waits until certificates are issued. Resumes interrupted orders, and waits for the domain owner if the CA requires an action.
/// Waiting is optional: Update-ConvoxCertificate resumes orders too.
/// </summary>
/// <remarks>
/// Use it after <c>-NoWait</c>, after an interrupted command, or if a CA waits for the domain owner. All certificates of a pipeline are
/// waited for together, and each is written as soon as it is issued. A certificate that cannot be issued is an error of its own.
/// </remarks>
/// <example>
/// <para>Waits until a certificate is issued.</para>
/// <code>Wait-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Waits up to ten minutes for all certificates of a domain.</para>
/// <code>Wait-ConvoxCertificate -Domain *.example.org -Timeout 10m</code>
/// </example>
/// <example>
/// <para>Resumes all interrupted orders, such as after a restart.</para>
/// <code>Get-ConvoxCertificate -Status Pending | Wait-ConvoxCertificate</code>
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "ConvoxCertificate", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class WaitConvoxCertificateCommand : CertificateCmdlet
{
    private readonly RackBatches<string> _batches = new();

    /// <summary>The maximum time for each certificate. After that, a later run can resume the order. Default: 15 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = IssueRequest.DefaultTimeout;

    private protected override SelectionScope Scope => SelectionScope.Several;

    private protected override void ValidateParameters() => RequestRules.RequireTimeout(Timeout);

    private protected override void ProcessCertificate(RackSession session, SelectedCertificate certificate)
    {
        certificate.RequireReadable();
        _batches.Add(session, certificate.Id);
    }

    private protected override int BatchSize => _batches.Count;

    private protected override Task RunBatchesAsync(CancellationToken ct) => _batches.RunAsync(WaitAllAsync, ct);

    private async Task WaitAllAsync(RackSession session, IReadOnlyList<string> ids, CancellationToken ct)
    {
        await foreach (var result in session.Engine.WaitAllAsync(ids, new RenewalRequest { Timeout = Timeout }, ct))
        {
            Writer?.End(result.Job);
            if (result.Entry is { } entry)
            {
                WriteObject(session.Describe(entry));
                DeliverAtEnd(session, entry.Record.Id);
            }
            else if (ErrorRecords.CanDescribe(result.Error!))
            {
                WriteError(ErrorRecords.Create(result.Error!, result.Id));
            }
            else
            {
                ExceptionDispatchInfo.Throw(result.Error!);
            }
        }
    }
}
