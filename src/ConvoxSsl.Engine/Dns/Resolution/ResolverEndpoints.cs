using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>A resolver and one address of it.</summary>
/// <param name="Server">As the user named it.</param>
/// <param name="Address">Where it is.</param>
internal sealed record ResolverEndpoint(DnsServer Server, IPEndPoint Address);

/// <summary>Where the resolvers are: addresses of what the user configured, or what the system is configured with.</summary>
/// <param name="servers">What the user configured; null for the system's.</param>
internal sealed class ResolverEndpoints(IReadOnlyList<DnsServer>? servers)
{
    private IReadOnlyList<ResolverEndpoint>? _found;

    /// <summary>Finds them at the first call, and remembers.</summary>
    /// <exception cref="EngineException"><c>DnsServerUnreachable</c>: there is none, or a host name has no address.</exception>
    public async Task<IReadOnlyList<ResolverEndpoint>> GetAsync(CancellationToken ct)
    {
        if (_found is { } known)
        {
            return known;
        }

        var found = servers is null ? OfTheSystem() : await ConfiguredAsync(servers, ct);
        if (found.Count == 0)
        {
            throw new EngineException(
                ErrorCode.DnsServerUnreachable,
                EngineErrorKind.NotFound,
                "This system has no DNS server configured. Name one with -DnsServer or CONVOXSSL_DNS_SERVERS.");
        }

        return _found = found;
    }

    private static List<ResolverEndpoint> OfTheSystem() =>
    [
        .. NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            .Where(s => IPAddress.TryParse(s.Address, out _))
            .Select(s => new ResolverEndpoint(new DnsServer(s.Address, s.Port), new IPEndPoint(IPAddress.Parse(s.Address), s.Port))),
    ];

    // One resolver that can't be found does no harm where others can.
    private static async Task<List<ResolverEndpoint>> ConfiguredAsync(IReadOnlyList<DnsServer> servers, CancellationToken ct)
    {
        var found = new List<ResolverEndpoint>();
        EngineException? failure = null;
        foreach (var server in servers)
        {
            try
            {
                var addresses = IPAddress.TryParse(server.Host, out var literal) ? [literal] : await System.Net.Dns.GetHostAddressesAsync(server.Host, ct);
                found.AddRange(addresses.Select(a => new ResolverEndpoint(server, new IPEndPoint(a, server.Port))));
            }
            catch (SocketException e)
            {
                failure = new EngineException(
                    ErrorCode.DnsServerUnreachable,
                    EngineErrorKind.NotFound,
                    $"The DNS server '{server}' has no address that this system knows: {e.Message}. Check its name, or give its address to -DnsServer or CONVOXSSL_DNS_SERVERS.",
                    server.ToString(),
                    e);
            }
        }

        return found.Count > 0 || failure is null ? found : throw failure;
    }
}
