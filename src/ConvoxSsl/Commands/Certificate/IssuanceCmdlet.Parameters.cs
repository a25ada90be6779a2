using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public abstract partial class IssuanceCmdlet
{
    /// <summary>The contacts of a new account at the CA: email addresses or contact URLs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContactCompleter))]
    public string[] Contact { get; set; } = [];

    /// <summary>Accepts the CA's terms of service. Required once per account; an interactive session prompts instead.</summary>
    [Parameter]
    public SwitchParameter AcceptTermsOfService { get; set; }

    /// <summary>The PEM file of the root certificate that the endpoint of a private CA chains to. It is stored with the account.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>
    /// The requested lifetime: a time span, or text such as <c>2160h</c> or <c>90d</c>. By default the CA chooses; a
    /// self-signed certificate is valid for 365 days. Many CAs reject a requested lifetime.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    public TimeSpan? Duration { get; set; }

    /// <summary>The type of the new private key. Default: EcdsaP256.</summary>
    [Parameter]
    [KnownValues(typeof(KeyAlgorithm))]
    public KeyAlgorithm? KeyAlgorithm { get; set; }

    /// <summary>Keeps the private key at renewals. By default each version has a new key.</summary>
    [Parameter]
    public SwitchParameter ReuseKey { get; set; }

    /// <summary>
    /// The engine that orders on a Kubernetes rack: <c>CertManager</c>, which also renews automatically, or <c>Acme</c>, the
    /// module's own. By default, <c>letsencrypt</c> requests go to cert-manager; renewals keep their original engine.
    /// </summary>
    [Parameter]
    [KnownValues(typeof(CertificateEngine))]
    public CertificateEngine? Engine { get; set; }

    /// <summary>Issues even if the certificate is not due for renewal or the last attempt failed recently.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns without waiting for cert-manager. Use Wait-ConvoxCertificate to wait for the certificate.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>A certificate profile from the CA's directory, such as <c>shortlived</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Profile { get; set; }

    /// <summary>The common name of the preferred root certificate, if the CA offers several chains.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PreferredChain { get; set; }

    /// <summary>Skips the local rate-limit check. Use it for an account with raised limits.</summary>
    [Parameter]
    public SwitchParameter SkipLimitCheck { get; set; }

    /// <summary>The maximum number of concurrent requests to one CA. Default: 8.</summary>
    [Parameter]
    [WholeNumber("-ThrottleLimit 8", Min = 1, Max = 100)]
    public int ThrottleLimit { get; set; } = EngineOptions.DefaultConcurrency;

    /// <summary>The number of versions to keep for Restore-ConvoxCertificate, including the new one. Default: 3.</summary>
    [Parameter]
    [WholeNumber("-KeepVersions 3")]
    public int KeepVersions { get; set; } = IssueRequest.DefaultKeepVersions;

    /// <summary>The maximum time for the CA. After that, the order is left for a later run to resume. Default: 15 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = IssueRequest.DefaultTimeout;

    /// <summary>
    /// Performs the whole issuance at the CA's staging endpoint and discards the result: certificate, key and DNS records. Only
    /// the account at the CA remains. If the issuer is a URL, that URL is used.
    /// </summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    /// <summary>
    /// A script that runs for each issued certificate, with a ConvoxRenewal as <c>$_</c>. If it fails, a warning is written and
    /// the certificate is not affected.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnRenewed { get; set; }

    /// <summary>A script that runs for each certificate that could not be issued, with a ConvoxRenewal as <c>$_</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnFailed { get; set; }
}
