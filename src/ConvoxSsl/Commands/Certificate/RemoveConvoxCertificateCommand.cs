using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Removes certificates from a rack, with their keys, their older versions and their unfinished orders.</summary>
/// <example>
/// <code>
/// Remove-ConvoxCertificate cert-1f0c8e52a9b7
/// </code>
/// Removes a certificate with its key, after a question.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain www.example.org | Remove-ConvoxCertificate -WhatIf
/// </code>
/// Shows which ones would be removed.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Status Expired | Remove-ConvoxCertificate -Confirm:$false
/// </code>
/// Removes what has expired, without a question.
/// </example>
[Cmdlet(VerbsCommon.Remove, "ConvoxCertificate", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxCertificateCommand : CertificateCmdlet
{
    private protected override void ProcessCertificate(RackSession session, string id)
    {
        // A damaged certificate can't be described, and must be removable all the same.
        if (ConfirmAction(NameOrId(session, id), "Remove with its private key and all versions"))
        {
            Run(ct => session.Engine.Certificates.RemoveAsync(id, ct));
        }
    }

    private string NameOrId(RackSession session, string id)
    {
        try
        {
            return DescribeTarget(session, id);
        }
        catch (Engine.EngineException e) when (e.Kind == Engine.EngineErrorKind.InvalidData)
        {
            return id;
        }
    }
}
