using System.Management.Automation;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters for the validation of names.</content>
public abstract partial class IssuanceCmdlet
{
    /// <summary>The challenge type for all names. By default it is selected for each name.</summary>
    [Parameter]
    [KnownValues(typeof(ChallengeType))]
    public ChallengeType? Challenge { get; set; }

    /// <summary>The port that the http-01 server listens on. CAs connect to port 80; forward that port to this one. Default: 80.</summary>
    [Parameter]
    [WholeNumber("-HttpPort 8080")]
    public int? HttpPort { get; set; }

    /// <summary>The IP address that the http-01 and tls-alpn-01 servers listen on. By default all addresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HttpAddress { get; set; }

    /// <summary>
    /// The port that the tls-alpn-01 server listens on. CAs always connect to port 443; forward that port to this one.
    /// Default: 443.
    /// </summary>
    [Parameter]
    [WholeNumber("-TlsPort 8443")]
    public int? TlsPort { get; set; }

    /// <summary>The root directory of a running web server. The http-01 response is written below it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WebRoot { get; set; }

    /// <summary>
    /// The DNS servers for lookups, as <c>host</c> or <c>host:port</c>. By default those in <c>CONVOXSSL_DNS_SERVERS</c>, then
    /// the system's.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? DnsServer { get; set; }

    /// <summary>The maximum time for TXT records to reach all name servers of the zone. Default: 10 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? PropagationTimeout { get; set; }

    /// <summary>Skips the query of the zone's name servers for the TXT records. Use it with split-horizon DNS.</summary>
    [Parameter]
    public SwitchParameter SkipPropagationCheck { get; set; }
}
