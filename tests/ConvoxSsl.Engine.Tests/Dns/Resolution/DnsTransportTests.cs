using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

public sealed class DnsTransportTests : IAsyncLifetime
{
    private readonly DnsTestZones _zones = Resolvers.CreateZones().AddZone("example.com", "ns1.example.com");
    private DnsTestServer _server = null!;

    public Task InitializeAsync()
    {
        _zones.AddTxt("example.com", "value");
        _server = DnsTestServer.Start(_zones);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_truncated_response_is_retried_over_TCP()
    {
        _server.Fault = DnsFault.Truncated;

        Assert.Equal(["value"], await Resolvers.Create(_server).GetTxtAsync("example.com", default));
        Assert.Equal([false, true], _server.Queries.Select(q => q.OverTcp));
    }

    [Fact]
    public async Task A_response_that_is_too_large_is_retried_over_TCP()
    {
        var values = Enumerable.Range(0, 60).Select(i => $"{i:00}{new string('x', 41)}").ToArray();
        _zones.SetTxt("many.example.com", values);

        Assert.Equal(values, await Resolvers.Create(_server).GetTxtAsync("many.example.com", default));
        Assert.Equal([false, true], _server.Queries.Select(q => q.OverTcp));
    }

    [Fact]
    public async Task A_response_that_fits_with_EDNS_uses_UDP()
    {
        _zones.SetTxt("several.example.com", [.. Enumerable.Range(0, 15).Select(i => $"{i:00}{new string('x', 41)}")]);

        Assert.Equal(15, (await Resolvers.Create(_server).GetTxtAsync("several.example.com", default)).Count);
        Assert.Equal([false], _server.Queries.Select(q => q.OverTcp));
    }

    [Fact]
    public async Task A_missing_UDP_response_is_retried_over_TCP()
    {
        _server.Fault = DnsFault.SilentOverUdp;
        var resolver = new DnsResolver(
            Resolvers.CreateOptions(_server) with { Timeout = TestTime.Stretch(TimeSpan.FromMilliseconds(500)), Attempts = 5 });

        Assert.Equal(["value"], await resolver.GetTxtAsync("example.com", default));
    }

    [Fact]
    public async Task An_unresponsive_resolver_is_reported_with_a_remedy()
    {
        _server.Fault = DnsFault.Silent;

        var error = await Assert.ThrowsAsync<EngineException>(() => Resolvers.CreateImpatient(_server).GetTxtAsync("example.com", default));

        Assert.Equal("DnsServerUnreachable", error.Code);
        Assert.Contains(Resolvers.ToDnsServer(_server).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.DnsServerUnreachable, error.Remedy?.Key);
    }

    [Fact]
    public async Task All_unresponsive_resolvers_are_reported()
    {
        await using var other = DnsTestServer.Start(_zones);
        (_server.Fault, other.Fault) = (DnsFault.Silent, DnsFault.Silent);

        var error =
            await Assert.ThrowsAsync<EngineException>(() => Resolvers.CreateImpatient(_server, other).GetTxtAsync("example.com", default));

        Assert.Contains(Resolvers.ToDnsServer(_server).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(Resolvers.ToDnsServer(other).ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_an_unreachable_resolver()
    {
        var resolver = new DnsResolver(new DnsResolverOptions
        {
            Servers = [new DnsServer("127.0.0.1", FreePort.Next())],
            Timeout = Resolvers.Soon,
            Attempts = 1,
        });

        var error = await Assert.ThrowsAsync<EngineException>(() => new AliasLookup(resolver).FollowAsync("example.com", default));

        Assert.Equal("DnsServerUnreachable", error.Code);
    }

    [Fact]
    public async Task A_resolver_without_an_address_is_reported()
    {
        var resolver = new DnsResolver(new DnsResolverOptions { Servers = [new DnsServer("nowhere.invalid")] });

        var error = await Assert.ThrowsAsync<EngineException>(() => new AliasLookup(resolver).FollowAsync("example.com", default));

        Assert.Equal("DnsServerUnreachable", error.Code);
        Assert.Contains("'nowhere.invalid'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resolver_can_be_a_host_name()
    {
        var resolver = new DnsResolver(new DnsResolverOptions { Servers = [new DnsServer("localhost", _server.Endpoint.Port)] });

        Assert.Equal(["value"], await resolver.GetTxtAsync("example.com", default));
    }

    [Theory]
    [InlineData(DnsFault.Silent)]
    [InlineData(DnsFault.ServFail)]
    [InlineData(DnsFault.Refused)]
    [InlineData(DnsFault.WrongId)]
    public async Task A_failing_resolver_falls_back_to_the_next_one(DnsFault fault)
    {
        await using var broken = DnsTestServer.Start(_zones);
        broken.Fault = fault;
        var resolver = new DnsResolver(
            Resolvers.CreateOptions(broken, _server) with { Timeout = TestTime.Stretch(TimeSpan.FromMilliseconds(300)), Attempts = 5 });

        Assert.Equal(["value"], await resolver.GetTxtAsync("example.com", default));
        Assert.NotEmpty(broken.Queries);
    }

    [Theory]
    [InlineData(DnsFault.ServFail, "SERVFAIL")]
    [InlineData(DnsFault.Refused, "REFUSED")]
    [InlineData(DnsFault.NotImplemented, "does not implement the query (NOTIMP)")]
    [InlineData(DnsFault.FormatError, "does not understand the query (FORMERR)")]
    public async Task The_resolvers_error_is_reported(DnsFault fault, string text)
    {
        await using var silent = DnsTestServer.Start(_zones);
        silent.Fault = DnsFault.Silent;
        _server.Fault = fault;

        var error =
            await Assert.ThrowsAsync<EngineException>(() => Resolvers.CreateImpatient(_server, silent).GetTxtAsync("example.com", default));

        Assert.Equal("DnsLookupFailed", error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Contains(Resolvers.ToDnsServer(_server).ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_with_another_id_is_ignored()
    {
        _server.Fault = DnsFault.WrongId;

        var error = await Assert.ThrowsAsync<EngineException>(() => Resolvers.CreateImpatient(_server).GetTxtAsync("example.com", default));

        Assert.Equal("DnsServerUnreachable", error.Code);
    }

    [IPv6Fact]
    public async Task A_resolver_can_have_an_IPv6_address()
    {
        await using var server = DnsTestServer.Start(_zones, IPAddress.IPv6Loopback);
        var resolver = new DnsResolver(new DnsResolverOptions { Servers = DnsServerList.Parse($"[::1]:{server.Endpoint.Port}") });

        Assert.Equal(["value"], await resolver.GetTxtAsync("example.com", default));
    }

    [Fact]
    public async Task Garbage_is_treated_as_an_unreachable_resolver()
    {
        var random = new Random(20261124);
        _server.Mangle = response => Damage(response, random);
        var resolver = Resolvers.CreateImpatient(_server);

        for (var i = 0; i < 150; i++)
        {
            try
            {
                await resolver.GetCaaAsync("www.example.com", default);
                await new AliasLookup(resolver).FollowAsync("example.com", default);
                await resolver.GetTxtAsync("example.com", default);
            }
            catch (EngineException)
            {
            }
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0xC0, 12 })]
    [InlineData(new byte[] { 0xC0, 29, 0, 16, 0, 1, 0, 0, 0, 1, 0, 1, 0 })]
    [InlineData(new byte[] { 1, 97, 0xC0, 29, 0, 16, 0, 1, 0, 0, 0, 1, 0, 1, 0 })]
    [InlineData(new byte[] { 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0 })]
    [InlineData(new byte[] { 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, 2, 200, 65 })]
    [InlineData(new byte[] { 0xC0, 12, 1, 1, 0, 1, 0, 0, 0, 1, 0, 3, 0, 200, 65 })]
    [InlineData(new byte[] { 0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2, 0xC0, 41 })]
    public async Task A_malformed_record_is_not_a_response(byte[] record)
    {
        _server.Mangle = response => [.. response[..6], 0, 1, 0, 0, 0, 0, .. response[12..29], .. record];

        var error = await Assert.ThrowsAsync<EngineException>(() => Resolvers.CreateImpatient(_server).GetTxtAsync("example.com", default));

        Assert.Equal("DnsServerUnreachable", error.Code);
    }

    // Keep the id in most cases, because a response with another id is ignored.
    private static byte[] Damage(byte[] response, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return response[..random.Next(response.Length)];
            case 1:
                random.NextBytes(response);
                return response;
            case 2:
                random.NextBytes(response.AsSpan(random.Next(2, response.Length)));
                return response;
            default:
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    response[random.Next(2, response.Length)] = (byte)random.Next(256);
                }

                return response;
        }
    }
}

public sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException)
        {
            Skip = "This machine has no IPv6.";
        }
    }
}
