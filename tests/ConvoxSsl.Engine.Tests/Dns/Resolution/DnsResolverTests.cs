using System.Net;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

public sealed class DnsResolverTests : IAsyncLifetime
{
    private readonly DnsTestZones _zones = Resolvers.CreateZones()
        .AddZone("example.com", "NS2.example.com", "ns1.example.com", "ns1.other.test")
        .AddZone("auth.test", "ns.auth.test");

    private DnsTestServer _server = null!;
    private DnsResolver _resolver = null!;

    public Task InitializeAsync()
    {
        _server = DnsTestServer.Start(_zones);
        _resolver = Resolvers.Create(_server);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_name_without_an_alias_is_returned_unchanged()
    {
        _zones.AddTxt("_acme-challenge.example.com", "value");

        Assert.Equal("_acme-challenge.example.com", await new AliasLookup(_resolver).FollowAsync("_acme-challenge.example.com", default));
    }

    [Fact]
    public async Task A_missing_name_is_returned_unchanged()
    {
        var location = await new AliasLookup(_resolver).FollowAsync("_ACME-challenge.www.example.com.", default);

        Assert.Equal("_acme-challenge.www.example.com", location);
    }

    [Fact]
    public async Task Aliases_are_followed_to_a_name_that_does_not_exist_yet()
    {
        _zones.AddCname("_acme-challenge.example.com", "one.example.com").AddCname("one.example.com", "Two.AUTH.test");

        Assert.Equal("two.auth.test", await new AliasLookup(_resolver).FollowAsync("_acme-challenge.example.com", default));
    }

    [Fact]
    public async Task An_alias_into_an_unavailable_zone_ends_the_chain()
    {
        _zones.AddCname("_acme-challenge.example.com", "x.auth.test");
        _zones.AddZone("gone.test").Delegate("sub.gone.test", "ns.nowhere.test").AddCname("x.auth.test", "y.sub.gone.test");

        Assert.Equal("y.sub.gone.test", await new AliasLookup(_resolver).FollowAsync("_acme-challenge.example.com", default));
    }

    [Fact]
    public async Task Names_in_responses_are_compared_case_insensitively()
    {
        _server.Shouts = true;
        _zones.AddCname("_acme-challenge.example.com", "one.auth.test");

        Assert.Equal("one.auth.test", await new AliasLookup(_resolver).FollowAsync("_acme-challenge.example.com", default));
        Assert.Equal("auth.test", await _resolver.FindZoneAsync("one.auth.test", default));
        Assert.Equal(["ns.auth.test"], await _resolver.GetNameServersAsync("auth.test", default));
    }

    [Fact]
    public async Task A_loop_is_reported_with_its_chain()
    {
        _zones.AddCname("a.example.com", "b.example.com")
            .AddCname("b.example.com", "C.example.com")
            .AddCname("c.example.com", "B.example.com");

        var error = await Assert.ThrowsAsync<EngineException>(() => new AliasLookup(_resolver).FollowAsync("a.example.com", default));

        Assert.Equal("DnsCnameLoop", error.Code);
        Assert.Contains("a.example.com -> b.example.com -> c.example.com -> b.example.com", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_of_itself_is_a_loop()
    {
        _zones.AddCname("a.example.com", "A.example.com");

        var error = await Assert.ThrowsAsync<EngineException>(() => new AliasLookup(_resolver).FollowAsync("a.example.com", default));

        Assert.Equal("DnsCnameLoop", error.Code);
    }

    [Fact]
    public async Task An_endless_chain_is_a_loop()
    {
        for (var i = 0; i < 60; i++)
        {
            _zones.AddCname($"n{i}.example.com", $"n{i + 1}.example.com");
        }

        var error = await Assert.ThrowsAsync<EngineException>(() => new AliasLookup(_resolver).FollowAsync("n0.example.com", default));

        Assert.Equal("DnsCnameLoop", error.Code);
    }

    [Fact]
    public async Task Name_servers_are_lowercase_and_sorted()
    {
        Assert.Equal(
            ["ns1.example.com", "ns1.other.test", "ns2.example.com"], await _resolver.GetNameServersAsync("Example.COM.", default));
    }

    [Theory]
    [InlineData("www.example.com")]
    [InlineData("alias.example.com")]
    public async Task Name_servers_of_a_name_that_is_not_a_zone_fail(string name)
    {
        _zones.AddCname("alias.example.com", "auth.test");

        var error = await Assert.ThrowsAsync<EngineException>(() => _resolver.GetNameServersAsync(name, default));

        Assert.Equal("DnsZoneNotFound", error.Code);
    }

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("_acme-challenge.www.Example.com", "example.com")]
    [InlineData("_acme-challenge.deep.sub.example.com", "sub.example.com")]
    [InlineData("_acme-challenge.notsub.example.com", "example.com")]
    public async Task The_zone_is_the_closest_apex(string name, string zone)
    {
        _zones.AddZone("sub.example.com", "ns1.example.com");

        Assert.Equal(zone, await _resolver.FindZoneAsync(name, default));
    }

    [Fact]
    public async Task An_alias_to_an_apex_is_not_a_zone()
    {
        _zones.AddCname("www.example.com", "auth.test");

        Assert.Equal("example.com", await _resolver.FindZoneAsync("www.example.com", default));
    }

    [Fact]
    public async Task A_name_outside_all_zones_is_reported()
    {
        await using var other = DnsTestServer.Start(Resolvers.CreateZones().AddZone("elsewhere.test"));
        other.Mangle = response => { response[3] = (byte)((response[3] & 0xF0) | 3); return response; };

        var error = await Assert.ThrowsAsync<EngineException>(() => Resolvers.Create(other).FindZoneAsync("www.example.com", default));

        Assert.Equal("DnsZoneNotFound", error.Code);
        Assert.Contains("www.example.com", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IPv4_and_IPv6_addresses_are_found_through_an_alias()
    {
        _zones.AddCname("www.example.com", "web.auth.test")
            .AddAddress("web.auth.test", "2001:db8::1").AddAddress("web.auth.test", "192.0.2.2").AddAddress("web.auth.test", "192.0.2.1");

        var addresses = await _resolver.GetAddressesAsync("www.example.com", default);

        Assert.Equal([IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")], addresses);
    }

    [Fact]
    public async Task A_host_without_addresses_returns_none()
    {
        Assert.Empty(await _resolver.GetAddressesAsync("nowhere.example.com", default));
    }

    [Fact]
    public async Task An_IP_address_is_returned_without_a_query()
    {
        Assert.Equal([IPAddress.Parse("2001:db8::1")], await _resolver.GetAddressesAsync("2001:db8::1", default));
        Assert.Empty(_server.Queries);
    }

    [Fact]
    public async Task Several_TXT_strings_are_one_value()
    {
        var longText = string.Concat(Enumerable.Range(0, 120).Select(i => $"{i:000};\"\\"));
        _zones.SetTxt("example.com", longText, "second", string.Empty);

        Assert.Equal([longText, "second", string.Empty], await _resolver.GetTxtAsync("EXAMPLE.com", default));
    }

    [Fact]
    public async Task An_invalid_name_is_an_error()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => _resolver.GetTxtAsync(new string('a', 70) + ".example.com", default));

        Assert.Equal("DnsLookupFailed", error.Code);
    }

    [Fact]
    public async Task Every_query_requests_recursion_and_has_EDNS()
    {
        await _resolver.GetTxtAsync("example.com", default);

        Assert.Equal([new DnsSeenQuery("example.com", DnsRecordType.TXT, false, true, true)], _server.Queries);
    }

    [Fact]
    public async Task Cancellation_throws_OperationCanceledException()
    {
        _server.Fault = DnsFault.SilentOverUdp;
        using var stop = new CancellationTokenSource();
        var resolver = new DnsResolver(Resolvers.CreateOptions(_server) with { Timeout = TimeSpan.FromMinutes(5) });
        var lookUp = resolver.GetTxtAsync("example.com", stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookUp);
    }
}
