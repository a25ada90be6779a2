using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>Exports certificates with their chains and private keys to PEM, PFX, PKCS#7 or DER files.</summary>
/// <remarks>
/// A certificate that you name is written to the path itself, as is the only one of a pipeline. Several certificates, and all that a
/// wildcard selects, even if it is one, are written to a directory each, which has the first name of the certificate:
/// <c>_.example.org</c> for <c>*.example.org</c>. If several certificates have the same first name, the ID is appended. A script for a
/// rack whose certificates come and go therefore uses a wildcard, such as <c>Export-ConvoxCertificate * ./export</c>. A warning names
/// files of an earlier export that the new one does not replace because its layout is another.
/// Only you can read new files with the private key; replaced files keep their owner, group and mode. All files are written completely
/// before the first one is replaced. An export is a copy: after a renewal, export again, such as in the script of <c>-OnRenewed</c> of
/// Update-ConvoxCertificate.
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
/// <para>Writes one file with key, certificate and chain for HAProxy, which you and the members of your group can read.</para>
/// <code>Export-ConvoxCertificate www.example.org ./haproxy.pem -Format CombinedPem -Mode 0640</code>
/// </example>
/// <example>
/// <para>Exports each certificate of the rack to its own directory, such as export/www.example.org, and overwrites existing files.</para>
/// <code>Export-ConvoxCertificate * ./export -Force</code>
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

    private CertificateFileOptions _options = new();

    private bool IsArchive => GetFormat() is CertificateFileFormat.Pfx or CertificateFileFormat.LegacyPfx;

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
        var permissions = FilePermissions.Parse(Owner, Group, Mode);
        _options = new CertificateFileOptions { Overwrite = Force, AllowsExposure = Force, Permissions = permissions };
        if (Format is { } format)
        {
            CertificateFileSet.RequireFormat(GetUnresolvedProviderPathFromPSPath(Path), format.ToEngine());
        }

        if (Password is { Length: 0 })
        {
            throw new InvalidInputException(ErrorCode.PasswordNeeded, "The password of the PFX file is empty.", Path);
        }

        if (!IsArchive && Password is not null)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters, $"Only PFX files have a password, and the format of '{Path}' is {GetFormat()}.", Path)
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

    private void Export(RackSession session, SelectedCertificate certificate, CertificateFileSet set, string path)
    {
        var version = certificate.RequireVersion(Version);
        using var material = Run(ct => session.Rack.Certificates.ReadAsync(certificate.Id, version.Number, ct));
        CertificateFileWriter.Check(material, set, _options);
        if (IsWhatIf)
        {
            _options.Permissions.RequireOwnerChangeable();
        }

        WarnIfUnusable("exported", certificate.Id, version);
        if (ConfirmAction(path, $"Export {certificate.Title} {(set.Files.Any(f => f.IsSecret) ? "with" : "without")} its private key"))
        {
            foreach (var file in Run(ct => WriteAsync(material, set, ct)))
            {
                WriteObject(ConvoxFile.FromPath(file.Path));
                if (file.IsExposed)
                {
                    WriteWarning($"Every user can access the private key in '{file.Path}'. To change that, use -Mode 0600.");
                }
            }
        }
    }

    private async Task<IReadOnlyList<CertificateFile>> WriteAsync(CertificateWithKey material, CertificateFileSet set, CancellationToken ct)
    {
        var password = Password is null ? [] : Secret.ToCharArray(Password);
        try
        {
            return await CertificateFileWriter.WriteAsync(material, set, _options, password, ct);
        }
        finally
        {
            Array.Clear(password);
        }
    }
}
