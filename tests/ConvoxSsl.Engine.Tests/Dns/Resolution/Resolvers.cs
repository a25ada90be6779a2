using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

internal static class Resolvers
{
    // A short timeout for servers that never respond. Other servers get the usual one.
    public static TimeSpan Soon => TestTime.Stretch(TimeSpan.FromMilliseconds(100));

    public static DnsTestZones Zones() => new(new SkippingClock());

    public static DnsResolver For(params DnsTestServer[] servers) => new(Options(servers));

    public static DnsResolver Impatient(params DnsTestServer[] servers) => new(Options(servers) with { Timeout = Soon, Attempts = 1 });

    public static DnsResolverOptions Options(params DnsTestServer[] servers) =>
        new() { Servers = [.. servers.Select(Named)] };

    public static DnsServer Named(DnsTestServer server) => new(server.Endpoint.Address.ToString(), server.Endpoint.Port);
}
