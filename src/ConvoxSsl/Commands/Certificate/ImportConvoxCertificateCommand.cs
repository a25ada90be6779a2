using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Imports a certificate with its private key from PEM files or a PFX file.</summary>
/// <remarks>
/// The chain is sorted and checked, and the key must belong to the certificate. Faults that clients would notice, such as a missing
/// intermediate certificate, are warnings. An imported certificate is not renewed by this module: import its successor with <c>-Id</c>
/// before it expires, so that all users of the certificate get it.
/// </remarks>
/// <example>
/// <para>Imports a certificate from PEM files.</para>
/// <code>Import-ConvoxCertificate ./site.pem ./site.key ./chain.pem</code>
/// </example>
/// <example>
/// <para>Imports a certificate from a PFX file.</para>
/// <code>Import-ConvoxCertificate ./site.pfx -Password (Read-Host 'Password' -AsSecureString)</code>
/// </example>
/// <example>
/// <para>Imports a new version of an existing certificate. All users of that certificate get the new version.</para>
/// <code>Import-ConvoxCertificate ./site.pem ./site.key -Id cert-1f0c8e52a9b7</code>
/// </example>
[Cmdlet(VerbsData.Import, "ConvoxCertificate", SupportsShouldProcess = true, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class ImportConvoxCertificateCommand : ConvoxCmdlet
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

    /// <summary>The ID of the certificate to add a version to. By default a new certificate is created.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>The number of versions to keep, including the new one. Default: 3.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int KeepVersions { get; set; } = IssueRequest.DefaultKeepVersions;

    private protected override object Target => Path;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        using var certificate = new CertificateFiles(Path, KeyPath, ChainPath, Password, GetUnresolvedProviderPathFromPSPath).Read();
        foreach (var subject in certificate.Chain.Unrelated)
        {
            WriteWarning($"'{subject}' does not belong to the chain of the certificate and is not imported.");
        }

        WarnOfFaults(certificate.Chain);
        var names = certificate.Chain.LeafNames();
        var target = names.Count > 0 ? string.Join(", ", names) : certificate.Chain.Leaf.Subject;
        if (ConfirmAction(target, Id is null ? "Import the certificate" : $"Import as a new version of {Id}"))
        {
            WriteObject(session.Describe(Run(ct => session.Engine.Certificates.ImportAsync(certificate, Id, KeepVersions, ct))));
        }
    }

    private void WarnOfFaults(CertificateChain chain)
    {
        var (begins, expires) = (chain.Leaf.NotBefore.ToUniversalTime(), chain.Leaf.NotAfter.ToUniversalTime());
        if (expires <= Now)
        {
            WriteWarning($"The certificate in '{Path}' expired on {expires:u}.");
        }
        else if (begins > Now)
        {
            WriteWarning($"The certificate in '{Path}' is valid only from {begins:u}.");
        }

        if (ChainFault.Find(chain) is { } fault)
        {
            WriteWarning($"Clients reject the certificate in '{Path}' because {fault}.");
        }
        else if (ChainFault.LacksIntermediate(chain))
        {
            WriteWarning($"'{Path}' has no intermediate certificate. Clients that do not have '{chain.Leaf.Issuer}' as a root reject it.");
        }
        else if (ChainFault.IsAuthority(chain.Leaf) && !ChainFault.IsSelfIssued(chain.Leaf))
        {
            WriteWarning($"Clients reject the certificate in '{Path}' because it is a CA certificate.");
        }
    }
}
