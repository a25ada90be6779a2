using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.TestKit.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

/// <summary>A CA, certificates and servers of the tests of endpoints.</summary>
public sealed class EndpointServers : IDisposable
{
    public const string Name = "www.example.org";

    public TestAuthority Ca { get; } = new();

    public X509Certificate2 Leaf { get; }

    public EndpointServers() => Leaf = Ca.Issue([Name, "127.0.0.1"]);

    /// <summary>The options of a server with the whole chain.</summary>
    public TlsTestServerOptions Options => new() { Select = _ => (Leaf, [Ca.Intermediate]) };

    public static EndpointAddress AddressOf(TlsTestServer server) => EndpointAddress.Parse(server.Endpoint, 443);

    /// <summary>Probes a server.</summary>
    public static Task<EndpointObservation> ProbeAsync(TlsTestServer server, EndpointOptions? options = null) =>
        new EndpointProbe(TimeProvider.System).ProbeAsync(AddressOf(server), options ?? With(null), CancellationToken.None);

    /// <summary>Options with a server name, a protocol, and a time that only a hanging server exceeds.</summary>
    public static EndpointOptions With(StartTls? startTls, string? timeout = null) => new()
    {
        ServerName = Name,
        StartTls = startTls,
        Timeout = timeout is null ? TimeSpan.FromMinutes(5) : TimeSpan.Parse(timeout, CultureInfo.InvariantCulture),
    };

    public void Dispose()
    {
        Leaf.Dispose();
        Ca.Dispose();
    }
}
