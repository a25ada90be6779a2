using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that does something to certificates of a rack, one after the other.</summary>
public abstract class CertificateCmdlet : ConvoxCmdlet
{
    /// <summary>The ids of the certificates.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Does it to one certificate, on the pipeline thread.</summary>
    private protected abstract void ProcessCertificate(RackSession session, string id);

    private protected override object Target => Id;

    private protected sealed override void ProcessInput()
    {
        var session = OpenRack();
        foreach (var id in Id)
        {
            try
            {
                ProcessCertificate(session, id);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, id));
            }
        }
    }

    /// <summary>What a question about a certificate calls it: its id and its names.</summary>
    private protected string DescribeTarget(RackSession session, string id) =>
        Run(ct => session.FindAsync(id, ct)) is var certificate ? $"{id} ({string.Join(", ", certificate.Domains)})" : id;
}
