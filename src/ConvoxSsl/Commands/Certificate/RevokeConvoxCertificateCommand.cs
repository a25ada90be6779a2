using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Revokes certificates at their CA. They stay on the rack and become due for renewal.</summary>
/// <example>
/// <para>Revokes a certificate after a confirmation.</para>
/// <code>Revoke-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Revokes a certificate with a compromised key and issues a new version with a new key.</para>
/// <code>Revoke-ConvoxCertificate cert-eb0dbb34 -Reason KeyCompromise -PassThru | Update-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Revokes all certificates for a name without a confirmation.</para>
/// <code>Get-ConvoxCertificate -Domain www.example.org | Revoke-ConvoxCertificate -Reason CessationOfOperation -Confirm:$false</code>
/// </example>
[Cmdlet(
    VerbsSecurity.Revoke, "ConvoxCertificate",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = IdSet,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class RevokeConvoxCertificateCommand : CertificateCmdlet
{
    /// <summary>The reason for the revocation. Default: Unspecified.</summary>
    [Parameter]
    public RevocationReason Reason { get; set; }

    /// <summary>The CA of an imported certificate: the name of a well-known one, or the URL of its directory.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    public string? Issuer { get; set; }

    /// <summary>The PEM file of the root certificate that the endpoint of a private CA chains to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>Returns the revoked certificates.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void ProcessCertificate(RackSession session, SelectedCertificate certificate)
    {
        var issuer = Issuer is null ? null : Engine.Issuance.Requests.Issuer.Parse(Issuer);
        var root = ReadPemFile(CaCertificate);
        certificate.RequireReadable();
        Run(ct => session.Engine.Certificates.CheckRevocationAsync(certificate.Id, issuer, ct));
        if (!ConfirmAction(certificate.Title, $"Revoke with the reason {Reason}"))
        {
            return;
        }

        var revoked = Run(ct => session.Engine.Certificates.RevokeAsync(certificate.Id, Reason.ToEngine(), issuer, root, ct));
        if (PassThru)
        {
            WriteObject(session.Describe(revoked));
        }
    }
}
