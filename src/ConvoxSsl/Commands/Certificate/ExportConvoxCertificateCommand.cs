using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Writes a certificate with its chain and key to files for other programs: PEM, or a PFX archive.</summary>
/// <returns>The files that were written.</returns>
/// <example>
/// <code>
/// Export-ConvoxCertificate cert-1f0c8e52a9b7 ./site
/// </code>
/// Writes cert.pem, chain.pem, fullchain.pem and privkey.pem into the folder site.
/// </example>
/// <example>
/// <code>
/// $password = Read-Host 'Password' -AsSecureString
/// Export-ConvoxCertificate cert-1f0c8e52a9b7 ./www.pfx -Password $password
/// </code>
/// Writes them into one PFX archive.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain *.example.org | ForEach-Object { Export-ConvoxCertificate $_.Id "./export/$($_.Domain)" -Force }
/// </code>
/// Writes each certificate of a domain into a folder of its own, over what is there.
/// </example>
[Cmdlet(VerbsData.Export, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The certificate's id.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = string.Empty;

    /// <summary>
    /// A path that ends in <c>.pfx</c> or <c>.p12</c> for an archive; any other is the directory for cert.pem, chain.pem,
    /// fullchain.pem and privkey.pem.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The password of the PFX archive.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The version. By default the live one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>Replaces files that exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var isArchive = System.IO.Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12";
        if (isArchive != Password is not null)
        {
            throw isArchive
                ? new InvalidInputException(ErrorCode.PasswordNeeded, $"A PFX file needs a password, since it holds the private key. Add -Password.", Path)
                : new InvalidInputException(ErrorCode.InvalidParameters, $"PEM files have no password, and '{Path}' does not end in .pfx or .p12. Leave out -Password, or name such a file.", Path);
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

    private async Task<IReadOnlyList<string>> ExportAsync(RackSession session, int version, string path, bool isArchive, CancellationToken ct)
    {
        using var material = await session.Rack.Certificates.ReadAsync(Id, version, ct);
        if (!isArchive)
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
