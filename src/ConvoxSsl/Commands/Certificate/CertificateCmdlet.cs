using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that change certificates of a rack one by one.</summary>
public abstract class CertificateCmdlet : ConvoxCmdlet
{
    /// <summary>The IDs of the certificates.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Processes one certificate on the pipeline thread.</summary>
    private protected abstract void ProcessCertificate(RackSession session, string id);

    private protected override object Target => Id;

    private protected sealed override void ProcessInput()
    {
        var session = OpenRack();
        foreach (var id in Id)
        {
            ProcessItem(id, () => ProcessCertificate(session, id));
        }
    }

    /// <summary>Describes a certificate in a confirmation: its ID and its names.</summary>
    private protected string DescribeTarget(RackSession session, string id) =>
        $"{id} ({string.Join(", ", Run(ct => session.FindAsync(id, ct)).Domains)})";
}
