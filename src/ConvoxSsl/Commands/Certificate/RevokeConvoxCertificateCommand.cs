using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>Has the CA revoke certificates; they stay on the rack, and are due for renewal.</summary>
/// <example>
/// <code>
/// Revoke-ConvoxCertificate cert-1f0c8e52a9b7
/// </code>
/// Revokes a certificate, after a question.
/// </example>
/// <example>
/// <code>
/// Revoke-ConvoxCertificate cert-1f0c8e52a9b7 -Reason KeyCompromise -PassThru | Update-ConvoxCertificate
/// </code>
/// Revokes one whose key others may know, and gets another with a new key.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain www.example.org | Revoke-ConvoxCertificate -Reason CessationOfOperation -Confirm:$false
/// </code>
/// Revokes all that hold a name, without a question.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "ConvoxCertificate", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class RevokeConvoxCertificateCommand : CertificateCmdlet
{
    /// <summary>Why.</summary>
    [Parameter]
    public RevocationReason Reason { get; set; }

    /// <summary>The CA, for a certificate that was imported: a well-known one's name, or its directory.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    public string? Issuer { get; set; }

    /// <summary>The PEM file with the root of a private CA, by which its endpoint is trusted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>Returns the certificates.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void ProcessCertificate(RackSession session, string id)
    {
        var issuer = Issuer is null ? null : Engine.Issuance.Issuer.Parse(Issuer);
        var root = CaCertificate is null ? null : ReadTextFile(CaCertificate);
        if (!ConfirmAction(DescribeTarget(session, id), $"Revoke for the reason {Reason}"))
        {
            return;
        }

        var reason = Enum.Parse<Engine.Acme.RevocationReason>(Reason.ToString());
        var revoked = Run(ct => session.Engine.Certificates.RevokeAsync(id, reason, issuer, root, ct));
        if (PassThru)
        {
            WriteObject(session.Describe(revoked));
        }
    }
}
