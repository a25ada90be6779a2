using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class ImportConvoxCertificateCommand
{
    /// <summary>The path of the certificate: a PEM file, with or without its chain and key, or a PFX file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The PEM file of the private key, if the certificate file does not contain it.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The PEM file of the intermediate certificates, in any order, if the certificate file does not contain them.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ChainPath { get; set; }

    /// <summary>The password of the PFX file, or of the encrypted private key in a PEM file.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>
    /// The certificate to add a version to: its ID, the beginning of one that no other certificate has, or one of its names. By
    /// default a new certificate is created.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string? Id { get; set; }

    /// <summary>A name of the certificate to add a version to, in Unicode or A-labels.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string? Domain { get; set; }

    /// <summary>The number of versions to keep, including the new one. Default: 3.</summary>
    [Parameter]
    [WholeNumber("-KeepVersions 3", Min = 1)]
    public int KeepVersions { get; set; } = IssueRequest.DefaultKeepVersions;
}
