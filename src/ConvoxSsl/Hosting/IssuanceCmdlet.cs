using System.Management.Automation;
using ConvoxSsl.Binding;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;
using CertificateRequest = ConvoxSsl.Engine.Issuance.CertificateRequest;

namespace ConvoxSsl.Hosting;

/// <summary>A cmdlet that has certificates issued. What it is told is remembered with the certificate for its renewals.</summary>
public abstract class IssuanceCmdlet : AccountCmdlet
{
    private readonly List<Func<CancellationToken, Task>> _jobs = [];

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

    /// <summary>One of the certificate profiles that the CA's directory lists, such as <c>shortlived</c>.</summary>
    [Parameter]
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

    /// <summary>How many exchanges with one CA run at the same time, when several certificates are issued. Default: 8.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = EngineOptions.DefaultConcurrency;

    /// <summary>How many versions are kept, the new one included, for Restore-ConvoxCertificate. Default: 3.</summary>
    [Parameter]
    public int KeepVersions { get; set; } = CertificateRequest.DefaultKeepVersions;

    /// <summary>How long the CA may take; then the order is left for a later run to go on with. Default: 15 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = CertificateRequest.DefaultTimeout;

    /// <summary>The settings, with what the parameters say in place of what was remembered.</summary>
    private protected IssuanceSettings Apply(IssuanceSettings settings) => settings with
    {
        Duration = Duration ?? settings.Duration,
        KeyAlgorithm = KeyAlgorithm is { } algorithm ? Enum.Parse<Engine.Certificates.KeyAlgorithm>(algorithm.ToString()) : settings.KeyAlgorithm,
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

    private protected sealed override int Concurrency => ThrottleLimit;

    /// <summary>
    /// Does something when the pipeline has given all its objects: all jobs at once, so that they share waits and DNS
    /// changes. A job writes its own errors.
    /// </summary>
    private protected void Later(Func<CancellationToken, Task> job) => _jobs.Add(job);

    /// <inheritdoc/>
    protected sealed override async Task EndProcessingAsync(CancellationToken ct)
    {
        Writer?.Expect(_jobs.Count);
        await Task.WhenAll(_jobs.Select(async job =>
        {
            await job(ct);
            Writer?.Done();
        }));
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
