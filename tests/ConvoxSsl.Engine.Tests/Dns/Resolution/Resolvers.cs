using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

internal static class Resolvers
{
    // A short timeout for servers that never respond. Other servers get the usual one.
    public static TimeSpan Soon => TestTime.Stretch(TimeSpan.FromMilliseconds(100));

    public static DnsTestZones CreateZones() => new(new SkippingClock());

    public static DnsResolver Create(params DnsTestServer[] servers) => new(CreateOptions(servers));

    public static DnsResolver CreateImpatient(params DnsTestServer[] servers) =>
        new(CreateOptions(servers) with { Timeout = Soon, Attempts = 1 });

    public static DnsResolverOptions CreateOptions(params DnsTestServer[] servers) =>
        new() { Servers = [.. servers.Select(ToDnsServer)] };

    public static DnsServer ToDnsServer(DnsTestServer server) => new(server.Endpoint.Address.ToString(), server.Endpoint.Port);
}
