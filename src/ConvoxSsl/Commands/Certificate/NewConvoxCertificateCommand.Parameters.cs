using System.Management.Automation;
using System.Security;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
/// <remarks>
/// <para>
/// Only the names and <c>-Issuer</c> are needed in most cases. The settings are stored with the certificate, and its renewals use them
/// again. The other parameters form these groups:
/// </para>
/// <list type="bullet">
/// <item>Certificate: <c>-Domain</c> or <c>-CertificateSigningRequest</c>, <c>-Duration</c>, <c>-Profile</c>,
/// <c>-PreferredChain</c>.</item>
/// <item>Private key: <c>-KeyAlgorithm</c>, <c>-ReuseKey</c>, <c>-KeyPath</c> with <c>-Password</c>.</item>
/// <item>CA and account: <c>-Issuer</c>, <c>-Contact</c>, <c>-AcceptTermsOfService</c>, <c>-CaCertificate</c> for a private CA.</item>
/// <item>Validation by http-01 or tls-alpn-01: <c>-Challenge</c>, <c>-WebRoot</c>, or the module's own server with <c>-HttpPort</c>,
/// <c>-HttpAddress</c> and <c>-TlsPort</c>.</item>
/// <item>Validation by dns-01, which uses the rack's DNS solvers: <c>-DnsServer</c>, <c>-PropagationTimeout</c>,
/// <c>-SkipPropagationCheck</c>.</item>
/// <item>Kubernetes racks: <c>-Engine</c> chooses cert-manager or the module's own engine, and <c>-NoWait</c> returns at once.</item>
/// <item>Trial and repetition: <c>-DryRun</c>, <c>-WhatIf</c>, <c>-Force</c>, <c>-SkipLimitCheck</c>.</item>
/// <item>Many certificates at once: <c>-ThrottleLimit</c>, <c>-Timeout</c>, <c>-OnRenewed</c>, <c>-OnFailed</c>.</item>
/// <item>Storage: <c>-Rack</c>, <c>-KeepVersions</c>.</item>
/// </list>
/// </remarks>
public sealed partial class NewConvoxCertificateCommand
{
    /// <summary>
    /// The names of the certificate, separated by commas or spaces: DNS names, wildcards such as <c>*.example.org</c>, or IP
    /// addresses. A string can hold several names separated by commas or semicolons, such as a cell of a CSV file. Each pipeline
    /// object becomes one certificate. Results are written as they become ready, in no particular order.
    /// </summary>
    [Parameter(ParameterSetName = DomainSet, Mandatory = true, Position = 0, ValueFromRemainingArguments = true,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = nameof(CertificateSigningRequest), Position = 0, ValueFromRemainingArguments = true)]
    [RejectedInSets(nameof(CertificateSigningRequest))]
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
    [Parameter(ParameterSetName = nameof(CertificateSigningRequest))]
    [RejectedInSets(nameof(CertificateSigningRequest))]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of the encrypted private key in the file of <c>-KeyPath</c>.</summary>
    [Parameter(ParameterSetName = DomainSet)]
    [Parameter(ParameterSetName = nameof(CertificateSigningRequest))]
    [RejectedInSets(nameof(CertificateSigningRequest))]
    [CredentialPassword]
    public SecureString? Password { get; set; }
}
