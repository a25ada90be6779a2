using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>
/// Removes certificates from a rack with their private keys, older versions and unfinished orders. Copies in the apps of a Kubernetes
/// rack stay, and a warning names their namespaces.
/// </summary>
/// <remarks>
/// The certificate stays valid at its CA until it expires. If its key may be known to others, revoke it first with
/// Revoke-ConvoxCertificate. Get-ConvoxServiceCertificate shows if a convox.yml names the certificate.
/// </remarks>
/// <example>
/// <para>Removes a certificate after a confirmation.</para>
/// <code>Remove-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Shows which certificates would be removed.</para>
/// <code>Remove-ConvoxCertificate -Domain *.example.org -WhatIf</code>
/// </example>
/// <example>
/// <para>Removes expired certificates without a confirmation.</para>
/// <code>Get-ConvoxCertificate -Status Expired | Remove-ConvoxCertificate -Confirm:$false</code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "ConvoxCertificate",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = IdSet,
    HelpUri = HelpPages.Certificates)]
public sealed class RemoveConvoxCertificateCommand : CertificateCmdlet
{
    private protected override void ProcessCertificate(RackSession session, SelectedCertificate certificate)
    {
        // A corrupt certificate cannot be described but can still be removed.
        if (certificate.State is { } state)
        {
            CertificateCatalog.RequireOwn(state.Record);
        }

        WarnOfTargets(session, certificate);
        if (ConfirmAction(certificate.Title, "Remove with its private key and all versions"))
        {
            Run(ct => session.Engine.Certificates.RemoveAsync(certificate.Id, ct));
        }
    }

    // They keep their files, which nothing renews.
    private void WarnOfTargets(RackSession session, SelectedCertificate certificate)
    {
        var targets = ListTargets(session)
            .Where(target => certificate.Id.Equals(target.Certificate, StringComparison.OrdinalIgnoreCase))
            .Select(target => target.Id)
            .ToArray();
        if (targets.Length > 0)
        {
            WriteWarning(
                $"Without {certificate.Title}, {(targets.Length == 1 ? "certificate target" : "certificate targets")} "
                + $"{string.Join(", ", targets)} {(targets.Length == 1 ? "gets" : "get")} no certificate. The files there stay. "
                + "Set-ConvoxCertificateTarget selects another certificate, and Remove-ConvoxCertificateTarget removes a target.");
        }
    }

    private IReadOnlyList<CertificateTarget> ListTargets(RackSession session)
    {
        try
        {
            return Run(session.Rack.Targets.ListAsync);
        }
        catch (EngineException e) when (e.Code == ErrorCode.TargetsDamaged)
        {
            // The removal itself warns of them.
            return [];
        }
    }
}
