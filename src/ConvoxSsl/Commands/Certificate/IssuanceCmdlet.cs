using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that has certificates issued. What it is told is remembered with the certificate for its renewals.</summary>
public abstract class IssuanceCmdlet : AccountCmdlet
{
    /// <summary>
    /// How long the certificate should be valid: a time span, or text such as <c>2160h</c> or <c>90d</c>. By default the
    /// issuer's own, and 365 days for a self-signed one. Many CAs refuse to be told.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    public TimeSpan? Duration { get; set; }

    /// <summary>The type of the new key. Default: EcdsaP256.</summary>
    [Parameter]
    public KeyAlgorithm? KeyAlgorithm { get; set; }

    /// <summary>Keeps the key at renewals. By default each version has a new one.</summary>
    [Parameter]
    public SwitchParameter ReuseKey { get; set; }

    /// <summary>
    /// Who orders on a Kubernetes rack: <c>CertManager</c>, which also renews by itself, or <c>Acme</c>, the module itself. By
    /// default what <c>letsencrypt</c> is asked for goes to cert-manager, as with Convox; a renewal goes the way of before.
    /// </summary>
    [Parameter]
    public CertificateEngine? Engine { get; set; }

    /// <summary>Does not wait until cert-manager has issued: Wait-ConvoxCertificate does.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>One of the certificate profiles that the CA's directory lists, such as <c>shortlived</c>.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Profile { get; set; }

    /// <summary>The common name of the root whose chain is preferred, where the CA offers several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PreferredChain { get; set; }

    /// <summary>The only way to prove control of the names. By default it is chosen for each name.</summary>
    [Parameter]
    public ChallengeType? Challenge { get; set; }

    /// <summary>The port that the web server for http-01 listens on. CAs come to port 80: forward it there. Default: 80.</summary>
    [Parameter]
    public int? HttpPort { get; set; }

    /// <summary>The IP address that the servers for http-01 and tls-alpn-01 listen on. By default all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HttpAddress { get; set; }

    /// <summary>The port that the TLS server for tls-alpn-01 listens on. CAs come to port 443: forward it there. Default: 443.</summary>
    [Parameter]
    public int? TlsPort { get; set; }

    /// <summary>The root directory of a web server that runs already: the http-01 response is written below it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WebRoot { get; set; }

    /// <summary>
    /// The DNS servers that look-ups go to, as <c>host</c> or <c>host:port</c>. By default those of
    /// <c>CONVOXSSL_DNS_SERVERS</c>, else the system's.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? DnsServer { get; set; }

    /// <summary>How long to wait until TXT records are on every name server. Default: 10 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? PropagationTimeout { get; set; }

    /// <summary>Tells the CA at once, without asking the zone's name servers for the TXT records; for a split horizon.</summary>
    [Parameter]
    public SwitchParameter SkipPropagationCheck { get; set; }

    /// <summary>
    /// Sends also what the CA's published limits would have it refuse, as far as this rack has counted: for accounts
    /// whose limits the CA has raised.
    /// </summary>
    [Parameter]
    public SwitchParameter SkipLimitCheck { get; set; }

    /// <summary>How many exchanges with one CA run at the same time, when several certificates are issued. Default: 8.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = EngineOptions.DefaultConcurrency;

    /// <summary>How many versions are kept, the new one included, for Restore-ConvoxCertificate. Default: 3.</summary>
    [Parameter]
    public int KeepVersions { get; set; } = IssueRequest.DefaultKeepVersions;

    /// <summary>How long the CA may take; then the order is left for a later run to go on with. Default: 15 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = IssueRequest.DefaultTimeout;

    /// <summary>
    /// Goes the whole way at the CA's staging endpoint and keeps nothing: no certificate, no key, no DNS record. Only the
    /// account there stays. An issuer that is given as a URL is tried at that very URL.
    /// </summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    /// <summary>
    /// Runs for each certificate that was issued, with a ConvoxRenewal as <c>$_</c>. Its failure is a warning and never
    /// harms the certificate.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnRenewed { get; set; }

    /// <summary>Runs for each certificate that could not be issued, with a ConvoxRenewal as <c>$_</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? OnFailed { get; set; }

    /// <summary>The settings, with what the parameters say in place of what was remembered.</summary>
    private protected IssuanceSettings Apply(IssuanceSettings settings) => settings with
    {
        Duration = Duration ?? settings.Duration,
        KeyAlgorithm = KeyAlgorithm is { } algorithm ? Enum.Parse<ConvoxSsl.Engine.Certificates.KeyAlgorithm>(algorithm.ToString()) : settings.KeyAlgorithm,
        ReuseKey = IsBound(nameof(ReuseKey)) ? ReuseKey : settings.ReuseKey,
        Profile = Profile ?? settings.Profile,
        PreferredChain = PreferredChain ?? settings.PreferredChain,
        ChallengeType = Challenge?.ToWireName() ?? settings.ChallengeType,
        HttpPort = HttpPort ?? settings.HttpPort,
        HttpAddress = HttpAddress ?? settings.HttpAddress,
        TlsPort = TlsPort ?? settings.TlsPort,
        WebRoot = WebRoot is null ? settings.WebRoot : GetUnresolvedProviderPathFromPSPath(WebRoot),
        DnsServers = DnsServer is null ? settings.DnsServers : string.Join(',', DnsServer),
        PropagationTimeout = PropagationTimeout ?? settings.PropagationTimeout,
        SkipPropagationCheck = IsBound(nameof(SkipPropagationCheck)) ? SkipPropagationCheck : settings.SkipPropagationCheck,
    };

    /// <summary>An issuer as the user wrote it, for the engine that was chosen.</summary>
    private protected Issuer ParseIssuer(string? text) =>
        Engine == CertificateEngine.CertManager && !string.IsNullOrEmpty(text) ? Issuer.ParseControlled(text) : Issuer.Parse(text);

    private protected sealed override int Concurrency => ThrottleLimit;

    /// <summary>Tells the user's script what came of a certificate.</summary>
    private protected void Tell(ConvoxRenewal renewal)
    {
        var (parameter, script) = renewal.Result == ConvoxRenewalResult.Renewed ? (nameof(OnRenewed), OnRenewed) : (nameof(OnFailed), OnFailed);
        if (script is not null && renewal.Result is ConvoxRenewalResult.Renewed or ConvoxRenewalResult.Failed)
        {
            OnPipelineThread(() => RunHook(parameter, script, renewal));
        }
    }

    /// <summary>What a dry run shows.</summary>
    private protected static ConvoxCheck Passed(IssueRequest request, ConvoxSsl.Engine.Certificates.CertificateChain chain) => new()
    {
        Check = $"Dry run for {request.Names[0]} at {request.Issuer.Trial}",
        Passed = true,
        Detail = $"Issued by '{chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}' until {chain.Leaf.NotAfter.ToUniversalTime():u}, and thrown away.",
    };

    // On the pipeline thread, where it may call whatever a script may. Nothing it does can harm what is stored already.
    private void RunHook(string parameter, ScriptBlock script, ConvoxRenewal renewal)
    {
        try
        {
            foreach (var output in script.InvokeWithContext(null, [new PSVariable("_", renewal)], renewal))
            {
                WriteVerbose($"-{parameter}: {output}");
            }
        }
        catch (Exception e) when (e is not PipelineStoppedException)
        {
            WriteWarning($"The script of -{parameter} failed for {renewal.Id}: {e.Message} The certificate is not affected.");
        }
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
