using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Scripts;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Exports certificates with their chains and private keys to PEM files, or one certificate to a PFX file.</summary>
/// <remarks>
/// Several certificates are written to one directory each, which has the first name of the certificate: <c>_.example.org</c> for
/// <c>*.example.org</c>. If several of them have the same first name, the ID is appended. Only you can read the exported files.
/// An export is a copy: after a renewal, export again, such as in the script of <c>-OnRenewed</c> of Update-ConvoxCertificate.
/// </remarks>
/// <returns>The exported files.</returns>
/// <example>
/// <para>Writes cert.pem, chain.pem, fullchain.pem and privkey.pem to the directory site.</para>
/// <code>Export-ConvoxCertificate www.example.org ./site</code>
/// </example>
/// <example>
/// <para>Exports the certificate to a PFX file.</para>
/// <code>
/// $password = Read-Host 'Password' -AsSecureString
/// Export-ConvoxCertificate cert-eb0dbb34 ./www.pfx -Password $password
/// </code>
/// </example>
/// <example>
/// <para>Exports each certificate of a domain to its own directory, such as export/www.example.org, and overwrites existing files.</para>
/// <code>Get-ConvoxCertificate -Domain *.example.org | Export-ConvoxCertificate -Path ./export -Force</code>
/// </example>
[Cmdlet(
    VerbsData.Export, "ConvoxCertificate",
    SupportsShouldProcess = true,
    DefaultParameterSetName = IdSet,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxFile))]
public sealed partial class ExportConvoxCertificateCommand : CertificateCmdlet
{
    private readonly List<(RackSession Session, SelectedCertificate Certificate)> _selected = [];

    private bool IsArchive => System.IO.Path.GetExtension(Path).ToLowerInvariant() is ".pfx" or ".p12";

    private protected override SelectionScope Scope => SelectionScope.Stored;

    private protected override Remedy PipelineRemedy => Path.Length == 0 && Id is [var path]
        ? new Remedy("InvalidParameters.ExportPath", path)
        : base.PipelineRemedy;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Path.Length == 0)
        {
            Reject("The export has no path.", new Remedy("InvalidParameters.NoExportPath"));
        }
    }

    private protected override void ValidateParameters()
    {
        if (IsArchive && Password is not { Length: > 0 })
        {
            throw new InvalidInputException(
                ErrorCode.PasswordNeeded, "A PFX file requires a password because it contains the private key.", Path);
        }

        if (!IsArchive && Password is not null)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters, $"PEM files have no password, and '{Path}' does not end in .pfx or .p12.", Path)
            {
                Remedy = new Remedy("InvalidParameters.PemPassword"),
            };
        }
    }

    // Nothing is written before the last input object, because several certificates need a directory each.
    private protected override void ProcessCertificate(RackSession session, SelectedCertificate certificate)
    {
        if (!_selected.Exists(item => ReferenceEquals(item.Session, session) && item.Certificate.Id == certificate.Id))
        {
            _selected.Add((session, certificate));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        ProcessItem(Target, ExportAll);
    }

    private void ExportAll()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var paths = ExportDirectory.GetPaths(path, IsArchive, [.. _selected.Select(item => item.Certificate)], Version);
        foreach (var ((session, certificate), target) in _selected.Zip(paths))
        {
            ProcessItem(certificate.Id, () => Export(session, certificate, target));
        }
    }

    private void Export(RackSession session, SelectedCertificate certificate, string path)
    {
        var entry = certificate.RequireIssued();
        using var material = Run(ct => session.Rack.Certificates.ReadAsync(certificate.Id, Version ?? entry.LiveVersion, ct));
        if (IsArchive)
        {
            CertificateExport.CheckPfx(material, path, Force);
        }
        else
        {
            CertificateExport.CheckPem(material, path, Force);
        }

        if (ConfirmAction(path, $"Export {certificate.Title} with its private key"))
        {
            foreach (var file in Run(ct => WriteAsync(material, path, ct)))
            {
                WriteObject(ConvoxFile.FromPath(file));
            }
        }
    }

    private async Task<IReadOnlyList<string>> WriteAsync(CertificateWithKey material, string path, CancellationToken ct)
    {
        if (!IsArchive)
        {
            return await CertificateExport.ToPemAsync(material, path, Force, ct);
        }

        var password = Secret.ToCharArray(Password);
        try
        {
            await CertificateExport.ToPfxAsync(material, path, password, Force, ct);
            return [path];
        }
        finally
        {
            Array.Clear(password);
        }
    }
}
