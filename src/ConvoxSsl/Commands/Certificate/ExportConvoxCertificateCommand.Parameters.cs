using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class ExportConvoxCertificateCommand
{
    /// <summary>
    /// The directory for cert.pem, chain.pem, fullchain.pem and privkey.pem; with several certificates or a wildcard, the directory of
    /// their directories. A path that ends in <c>.pfx</c>, <c>.p12</c>, <c>.p7b</c> or <c>.der</c> is a file of that format. For other
    /// files, use <c>-Format</c>. Required.
    /// </summary>
    [Parameter(ParameterSetName = IdSet, Position = 1)]
    [Parameter(ParameterSetName = DomainSet, Position = 0)]
    [NotEmpty("Give a directory such as ./site, or a file such as ./site.pfx.")]
    public string Path { get; set; } = string.Empty;

    /// <summary>
    /// The format. All formats except Pem are one file; if <c>-Path</c> is an existing directory, or with several certificates or a
    /// wildcard, its name is combined.pem, fullchain.pfx, fullchain.p7b or cert.der (with privkey.der). By default the one that the path
    /// ends in, otherwise Pem.
    /// </summary>
    [Parameter]
    [KnownValues(typeof(CertificateFormat))]
    public CertificateFormat? Format { get; set; }

    /// <summary>
    /// The owner of the files: the name or number of a user. By default, a replaced file keeps its owner. Needs root.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    /// <summary>The group of the files: its name or number. By default, a replaced file keeps its group.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <summary>
    /// The mode of the files in octal digits, such as 0640; the owner has to be able to read them. A mode that lets every user read the
    /// private key needs <c>-Force</c>. By default, a replaced file keeps its mode, and a new file has 0600 if it contains the private key,
    /// otherwise 0644.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Mode { get; set; }

    /// <summary>
    /// The password of the PFX file. Without it, only the permissions of the file protect the private key.
    /// </summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The number of the version. By default the live version.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [WholeNumber("-Version 1", Min = 1)]
    public int? Version { get; set; }

    /// <summary>Overwrites existing files, and accepts a <c>-Mode</c> that lets every user read the private key.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private CertificateFileFormat GetFormat() =>
        CertificateFileSet.ChooseFormat(GetUnresolvedProviderPathFromPSPath(Path), Format?.ToEngine());
}
