using System.Management.Automation;

namespace ConvoxSsl.Cmdlets;

/// <summary>A cmdlet that tries something out and looks names up for it; what it is told is not remembered.</summary>
public abstract class LookupCmdlet : ConvoxCmdlet
{
    /// <summary>
    /// The DNS servers that look-ups go to, as <c>host</c> or <c>host:port</c>. By default those of
    /// <c>CONVOXSSL_DNS_SERVERS</c>, else the system's.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? DnsServer { get; set; }

    /// <summary>The servers as settings have them.</summary>
    private protected string? DnsServers => DnsServer is null ? null : string.Join(',', DnsServer);
}
