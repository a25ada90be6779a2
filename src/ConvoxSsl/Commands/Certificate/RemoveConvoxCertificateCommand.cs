using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Removes certificates from a rack, with their keys, their older versions and their unfinished orders.</summary>
[Cmdlet(VerbsCommon.Remove, "ConvoxCertificate", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxCertificateCommand : CertificateCmdlet
{
    private protected override void ProcessCertificate(RackSession session, string id)
    {
        // A damaged certificate can't be described, and must be removable all the same.
        if (Approves(NameOrId(session, id), "Remove with its private key and all versions"))
        {
            Run(ct => session.Engine.Certificates.RemoveAsync(id, ct));
        }
    }

    private string NameOrId(RackSession session, string id)
    {
        try
        {
            return Name(session, id);
        }
        catch (Engine.EngineException e) when (e.Kind == Engine.EngineErrorKind.InvalidData)
        {
            return id;
        }
    }
}
