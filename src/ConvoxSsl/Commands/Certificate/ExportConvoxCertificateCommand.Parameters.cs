using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class ExportConvoxCertificateCommand
{
    /// <summary>
    /// The path of a PFX file if it ends in <c>.pfx</c> or <c>.p12</c>; otherwise the directory for cert.pem, chain.pem,
    /// fullchain.pem and privkey.pem. With several certificates, the directory of their directories. Required.
    /// </summary>
    [Parameter(ParameterSetName = IdSet, Position = 1)]
    [Parameter(ParameterSetName = DomainSet, Position = 0)]
    [NotEmpty("Give a directory such as ./site, or a file such as ./site.pfx.")]
    public string Path { get; set; } = string.Empty;

    /// <summary>The password of the PFX file.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The number of the version. By default the live version.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [WholeNumber("-Version 1")]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    /// <summary>Overwrites existing files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }
}
