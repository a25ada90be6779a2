using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Mapping;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Revokes certificates at their CA. They stay on the rack and become due for renewal.</summary>
/// <remarks>
/// Clients that check for revocation then reject the certificate, so issue a new version with Update-ConvoxCertificate first or at once
/// after it. With the reason KeyCompromise, the CA rejects the key forever, and the new version has a new key. A revocation cannot be
/// undone.
/// </remarks>
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
    [KnownValues(typeof(RevocationReason))]
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
        var root = ReadRootFile(CaCertificate);
        certificate.RequireReadable();
        var (known, _) = Run(ct => session.Engine.Certificates.CheckRevocationAsync(certificate.Id, issuer, ct));
        if (known.Live.Revoked is { } time)
        {
            WriteWarning($"{certificate.Title} was already revoked on {time:u}.");
            if (PassThru)
            {
                WriteObject(session.Describe(known));
            }

            return;
        }

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
