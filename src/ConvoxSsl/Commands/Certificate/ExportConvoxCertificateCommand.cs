using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Exports a certificate with its chain and private key to PEM files or a PFX file.</summary>
/// <remarks>
/// Exported files contain the private key, and only you can read them. An export is a copy: after a renewal, export again, such as in
/// the script of <c>-OnRenewed</c> of Update-ConvoxCertificate. On a local rack, a program on the same machine can read the live files
/// directly; their folder is the property Path of the certificate.
/// </remarks>
/// <returns>The exported files.</returns>
/// <example>
/// <para>Writes cert.pem, chain.pem, fullchain.pem and privkey.pem to the directory site.</para>
/// <code>Export-ConvoxCertificate cert-1f0c8e52a9b7 ./site</code>
/// </example>
/// <example>
/// <para>Exports the certificate to a PFX file.</para>
/// <code>
/// $password = Read-Host 'Password' -AsSecureString
/// Export-ConvoxCertificate cert-1f0c8e52a9b7 ./www.pfx -Password $password
/// </code>
/// </example>
/// <example>
/// <para>Exports each certificate of a domain to its own directory and overwrites existing files.</para>
/// <code>
/// Get-ConvoxCertificate -Domain *.example.org | ForEach-Object { Export-ConvoxCertificate $_.Id "./export/$($_.Domain)" -Force }
/// </code>
/// </example>
[Cmdlet(VerbsData.Export, "ConvoxCertificate", SupportsShouldProcess = true, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(FileInfo))]
public sealed class ExportConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The ID of the certificate.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = string.Empty;

    /// <summary>
    /// The path of a PFX file if it ends in <c>.pfx</c> or <c>.p12</c>; otherwise the directory for cert.pem, chain.pem,
    /// fullchain.pem and privkey.pem.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The password of the PFX file.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The number of the version. By default the live version.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>Overwrites existing files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var isArchive = System.IO.Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12";
        if (isArchive ? Password is not { Length: > 0 } : Password is not null)
        {
            throw isArchive
                ? new InvalidInputException(
                    ErrorCode.PasswordNeeded, "A PFX file requires a password because it contains the private key.", Path)
                : new InvalidInputException(
                    ErrorCode.InvalidParameters, $"PEM files have no password, and '{Path}' does not end in .pfx or .p12.", Path)
                {
                    Remedy = new Remedy("InvalidParameters.PemPassword"),
                };
        }

        var entry = Run(ct => session.Engine.Certificates.GetAsync(Id, ct));
        if (ConfirmAction(path, $"Export {Id} with its private key"))
        {
            foreach (var file in Run(ct => ExportAsync(session, Version ?? entry.LiveVersion, path, isArchive, ct)))
            {
                WriteObject(new FileInfo(file));
            }
        }
    }

    private async Task<IReadOnlyList<string>> ExportAsync(
        RackSession session, int version, string path, bool isArchive, CancellationToken ct)
    {
        using var certificate = await session.Rack.Certificates.ReadAsync(Id, version, ct);
        if (!isArchive)
        {
            return await CertificateExport.ToPemAsync(certificate, path, Force, ct);
        }

        var password = Secret.ToCharArray(Password);
        try
        {
            await CertificateExport.ToPfxAsync(certificate, path, password, Force, ct);
            return [path];
        }
        finally
        {
            Array.Clear(password);
        }
    }
}
