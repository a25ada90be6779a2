using System.Management.Automation;
using System.Security;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Scripts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Stores a certificate that was made elsewhere, with its key, on a rack.</summary>
/// <example>
/// <code>
/// Import-ConvoxCertificate ./site.pem ./site.key ./chain.pem
/// </code>
/// Stores a certificate from PEM files.
/// </example>
/// <example>
/// <code>
/// Import-ConvoxCertificate ./site.pfx -Password (Read-Host 'Password' -AsSecureString)
/// </code>
/// Stores one from a PFX archive.
/// </example>
/// <example>
/// <code>
/// Import-ConvoxCertificate ./site.pem ./site.key -Id cert-1f0c8e52a9b7
/// </code>
/// Makes it the new version of a certificate, so that whoever uses that one has it from now on.
/// </example>
[Cmdlet(VerbsData.Import, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class ImportConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The file with the certificate: PEM, with or without its chain and key, or a PFX archive.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The PEM file with the private key, where it is not in the certificate's file.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The PEM file with the issuers' certificates, where they are not in the certificate's file; in any order.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ChainPath { get; set; }

    /// <summary>The password of a PFX archive.</summary>
    [Parameter]
    [CredentialPassword]
    public SecureString? Password { get; set; }

    /// <summary>The id of the certificate of which this becomes a new version. By default it becomes a new certificate.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>How many versions are kept, the new one included. Default: 3.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int KeepVersions { get; set; } = IssueRequest.DefaultKeepVersions;

    private protected override object Target => Path;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        using var material = Read();
        foreach (var subject in material.Chain.Unrelated)
        {
            WriteWarning($"'{subject}' does not belong to the chain of the certificate and is left out.");
        }

        var expires = material.Chain.Leaf.NotAfter.ToUniversalTime();
        if (expires <= CompositionRoot.Now)
        {
            WriteWarning($"The certificate in '{Path}' expired on {expires:u}.");
        }

        var names = material.Chain.LeafNames();
        if (ConfirmAction(names.Count > 0 ? string.Join(", ", names) : material.Chain.Leaf.Subject, Id is null ? "Import the certificate" : $"Import as a new version of {Id}"))
        {
            WriteObject(session.Describe(Run(ct => session.Engine.Certificates.ImportAsync(material, Id, KeepVersions, ct))));
        }
    }

    private CertificateWithKey Read()
    {
        var bytes = ReadFile(Path);

        // A PFX archive is a DER sequence; PEM is text.
        if (bytes is [0x30, ..])
        {
            return ReadPfx(bytes);
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var key = KeyPath is not null ? PrivateKey.FromPem(ReadTextFile(KeyPath))
            : text.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? PrivateKey.FromPem(text)
            : throw new InvalidInputException(ErrorCode.PrivateKeyNeeded, $"'{Path}' holds no private key. Name the key's PEM file with -KeyPath.", Path);
        return new CertificateWithKey(CertificateChain.FromPem(ChainPath is null ? text : $"{text}\n{ReadTextFile(ChainPath)}", key), key);
    }

    private CertificateWithKey ReadPfx(byte[] bytes)
    {
        if (KeyPath is not null || ChainPath is not null)
        {
            throw new InvalidInputException(ErrorCode.InvalidParameters, $"'{Path}' is a PFX archive, which holds its key and its chain. Leave out -KeyPath and -ChainPath.", Path);
        }

        var password = Secret.ToCharArray(Password);
        try
        {
            var (chain, key) = Pfx.Read(bytes, password);
            return new CertificateWithKey(chain, key);
        }
        finally
        {
            Array.Clear(password);
        }
    }
}
