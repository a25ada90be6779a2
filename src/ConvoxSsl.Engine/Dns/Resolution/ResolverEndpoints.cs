using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>A resolver with one of its addresses.</summary>
/// <param name="Server">The configured server.</param>
/// <param name="Address">The endpoint.</param>
internal sealed record ResolverEndpoint(DnsServer Server, IPEndPoint Address);

/// <summary>Finds the endpoints of the configured resolvers, or of those of the system.</summary>
/// <param name="servers">The configured servers; null for the system's.</param>
internal sealed class ResolverEndpoints(IReadOnlyList<DnsServer>? servers)
{
    private IReadOnlyList<ResolverEndpoint>? _found;

    /// <summary>Gets the endpoints; the result of the first call is cached.</summary>
    /// <exception cref="EngineException"><c>DnsServerUnreachable</c>: there is no resolver, or its host name has no address.</exception>
    public async Task<IReadOnlyList<ResolverEndpoint>> GetAsync(CancellationToken ct)
    {
        if (_found is { } cached)
        {
            return cached;
        }

        var found = servers is null ? GetSystemResolvers() : await FindConfiguredAsync(servers, ct);
        if (found.Count == 0)
        {
            throw new EngineException(
                ErrorCode.DnsServerUnreachable,
                EngineErrorKind.NotFound,
                "This system has no DNS server configured.")
            {
                Remedy = new Remedy("DnsServerUnreachable.NoServer"),
            };
        }

        return _found = found;
    }

    private static List<ResolverEndpoint> GetSystemResolvers() =>
    [
        .. NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            .Where(s => IPAddress.TryParse(s.Address, out _))
            .Select(s => new ResolverEndpoint(new DnsServer(s.Address, s.Port), new IPEndPoint(IPAddress.Parse(s.Address), s.Port))),
    ];

    // A resolver without an address does not matter if others have one.
    private static async Task<List<ResolverEndpoint>> FindConfiguredAsync(IReadOnlyList<DnsServer> servers, CancellationToken ct)
    {
        var found = new List<ResolverEndpoint>();
        EngineException? failure = null;
        foreach (var server in servers)
        {
            try
            {
                var addresses = IPAddress.TryParse(server.Host, out var literal)
                    ? [literal]
                    : await System.Net.Dns.GetHostAddressesAsync(server.Host, ct);
                found.AddRange(addresses.Select(a => new ResolverEndpoint(server, new IPEndPoint(a, server.Port))));
            }
            catch (SocketException e)
            {
                failure = new EngineException(
                    ErrorCode.DnsServerUnreachable,
                    EngineErrorKind.NotFound,
                    $"Cannot find the address of the DNS server '{server}': {e.Message}.",
                    server.ToString(),
                    e) { Remedy = new Remedy("DnsServerUnreachable.NoAddress") };
            }
        }

        return found.Count > 0 || failure is null ? found : throw failure;
    }
}
