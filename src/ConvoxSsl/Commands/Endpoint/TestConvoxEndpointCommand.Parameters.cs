using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class TestConvoxEndpointCommand
{
    /// <summary>
    /// The servers: host names or IP addresses, as <c>host</c> or <c>host:port</c>; an IPv6 address with a port as <c>[address]:port</c>.
    /// Of a certificate, all names except wildcards are tested; of other objects, the property Endpoint, HostName or Domain.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("HostName", "Domain")]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [NotEmpty("Give a host or host:port, such as www.example.org:443.")]
    public PSObject[] Endpoint { get; set; } = [];

    /// <summary>The port of servers that are named without one. By default the port of <c>-StartTls</c>, else 443.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsNull]
    [WholeNumber("-Port 8443")]
    public int? Port { get; set; }

    /// <summary>
    /// The name that is sent to the server (SNI) and that its certificate has to contain. By default the host. With
    /// <c>-StartTls Xmpp</c>, it is also the domain of the service.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    public string? ServerName { get; set; }

    /// <summary>The protocol in which TLS begins with a command. By default TLS begins at once, as in HTTPS.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KnownValues(typeof(StartTlsProtocol))]
    public StartTlsProtocol? StartTls { get; set; }

    /// <summary>The PEM file of a private CA's root certificate, which is trusted too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>The maximum time for each server. Default: 10 seconds.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = EndpointOptions.DefaultTimeout;

    /// <summary>The maximum number of servers that are tested at the same time. Default: 200.</summary>
    [Parameter]
    [WholeNumber("-ThrottleLimit 50", Min = 1, Max = 1000)]
    public int ThrottleLimit { get; set; } = 200;
}
