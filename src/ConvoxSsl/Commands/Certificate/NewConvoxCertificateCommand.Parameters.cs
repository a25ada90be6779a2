using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class NewConvoxCertificateCommand
{
    /// <summary>
    /// The names of the certificate, separated by commas or spaces: DNS names, wildcards such as <c>*.example.org</c>, or IP
    /// addresses. A string can hold several names separated by commas or semicolons, such as a cell of a CSV file. Each pipeline
    /// object becomes one certificate. Results are written as they become ready, in no particular order.
    /// </summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true, Position = 0, ValueFromRemainingArguments = true,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [DomainNames]
    [Alias("Domains")]
    [AllowEmptyString]
    public string[] Domain { get; set; } = [];

    /// <summary>A certificate signing request (PEM): its path or its text. Its private key is never stored on the rack.</summary>
    [Parameter(ParameterSetName = nameof(CertificateSigningRequest), Mandatory = true)]
    [Alias("Csr")]
    [ValidateNotNullOrEmpty]
    public string? CertificateSigningRequest { get; set; }

    /// <summary>
    /// The issuer: <c>letsencrypt</c>, <c>letsencrypt-staging</c>, another well-known CA, <c>self-signed</c>, or the URL of an
    /// ACME directory. By default the issuer of the rack's certificate for exactly these names, else the rack's default issuer, which
    /// Set-ConvoxRack sets, else self-signed.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    public string? Issuer { get; set; }

    /// <summary>The PEM file of an existing private key. By default a new key is created.</summary>
    [Parameter(ParameterSetName = DomainSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of the encrypted private key in the file of <c>-KeyPath</c>.</summary>
    [Parameter(ParameterSetName = DomainSet)]
    [CredentialPassword]
    public SecureString? Password { get; set; }
}
