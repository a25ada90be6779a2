using System.Management.Automation;

namespace ConvoxSsl.Cmdlets;

/// <summary>The base of cmdlets that look up names for a test.</summary>
public abstract class LookupCmdlet : ConvoxCmdlet
{
    /// <summary>
    /// The DNS servers for lookups, as <c>host</c> or <c>host:port</c>. By default those in <c>CONVOXSSL_DNS_SERVERS</c>, then
    /// the system's.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? DnsServer { get; set; }

    /// <summary>The DNS servers in the format of the settings; null if none were given.</summary>
    private protected string? DnsServers => DnsServer is null ? null : string.Join(',', DnsServer);
}
