using System.Net;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

/// <summary>Aliases and wildcard records on a real name server, behind a real resolver that caches.</summary>
public sealed class AliasLookupTests
{
    private const string Zone = "example.org";

    // The usual setup of a Convox rack: a wildcard alias of the rack's router.
    private const string Records = """
        router A 192.0.2.1
        * CNAME router
        real A 192.0.2.2
        own A 192.0.2.3
        *.own CNAME router
        _acme-challenge.real CNAME real.auth
        _acme-challenge.chain CNAME _acme-challenge.real
        *.addresses A 192.0.2.4
        *.addresses AAAA 2001:db8::4
        *.six AAAA 2001:db8::6
        same CNAME router
        *.same CNAME router
        _acme-challenge.same.own CNAME router
        *._acme-challenge.same.own CNAME router
        """;

    [BindFact]
    public async Task An_alias_that_only_a_wildcard_record_synthesizes_is_not_followed()
    {
        await using var server = await BindServer.StartAsync(Zone, Records, CancellationToken.None);
        await using var cache = await BindServer.StartResolverAsync(server, Zone, CancellationToken.None);
        foreach (var lookup in new[] { Create(cache, server), Create(cache, null) })
        {
            foreach (var (name, target) in new[]
            {
                ("_acme-challenge.example.org", "_acme-challenge.example.org"),
                ("_acme-challenge.app.example.org", "_acme-challenge.app.example.org"),
                ("_acme-challenge.x.own.example.org", "_acme-challenge.x.own.example.org"),

                // The target is in turn a name for which only the wildcard answers.
                ("_acme-challenge.real.example.org", "real.auth.example.org"),
                ("_acme-challenge.chain.example.org", "real.auth.example.org"),

                // It exists, and so does a wildcard record with the same target below it.
                ("_acme-challenge.same.own.example.org", "router.example.org"),
            })
            {
                Assert.Equal(target, await lookup.FollowAsync(name, CancellationToken.None));
            }
        }
    }

    [BindFact]
    public async Task A_name_for_which_only_a_wildcard_record_answers_is_detected()
    {
        await using var server = await BindServer.StartAsync(Zone, Records, CancellationToken.None);
        await using var cache = await BindServer.StartResolverAsync(server, Zone, CancellationToken.None);
        foreach (var lookup in new[] { Create(cache, server), Create(cache, null) })
        {
            foreach (var (name, isSynthesized) in new[]
            {
                ("app.example.org", true),
                ("deep.app.example.org", true),
                ("x.own.example.org", true),
                ("x.addresses.example.org", true),
                ("x.six.example.org", true),
                ("example.org", false),
                ("real.example.org", false),
                ("own.example.org", false),
                ("same.example.org", false),
                ("router.example.org", false),
                ("org", false),
            })
            {
                var found = await lookup.IsSynthesizedAsync(name, CancellationToken.None);
                Assert.True(found == isSynthesized, $"{name}: {found}");
            }
        }
    }

    [BindFact]
    public async Task A_record_below_a_name_hides_it_from_the_wildcard_record()
    {
        await using var server = await BindServer.StartAsync(Zone, Records, CancellationToken.None);
        var resolver = new DnsResolver(Options(server, server));
        Assert.NotEmpty(await resolver.GetAddressesAsync("app.example.org", CancellationToken.None));
        Assert.True(await new AliasLookup(resolver).IsSynthesizedAsync("app.example.org", CancellationToken.None));

        await server.SetTxtAsync(Zone, "_acme-challenge.app.example.org", ["value"], CancellationToken.None);

        // RFC 4592 section 2.2.2: the name exists now, without records of its own.
        Assert.Empty(await resolver.GetAddressesAsync("app.example.org", CancellationToken.None));
        Assert.False(await new AliasLookup(resolver).IsSynthesizedAsync("app.example.org", CancellationToken.None));
    }

    [Fact]
    public async Task One_query_shows_that_no_name_of_a_zone_is_synthesized()
    {
        await using var server = DnsTestServer.Start(Resolvers.CreateZones().AddZone(Zone, "ns.example.org"));
        var lookup = new AliasLookup(new DnsResolver(Resolvers.CreateOptions(server)));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await lookup.IsSynthesizedAsync($"host{i}.example.org", CancellationToken.None));
        }

        var probe = Assert.Single(server.Queries, q => q.Name.StartsWith("_convoxssl-probe.", StringComparison.Ordinal));
        Assert.Equal("_convoxssl-probe.example.org", probe.Name);
    }

    [Fact]
    public async Task A_zone_that_only_the_resolver_knows_is_queried()
    {
        var outside = Resolvers.CreateZones().AddZone("example.org", "ns.outside.test");
        var inside = Resolvers.CreateZones()
            .AddZone("in.example.org", "ns.inside.test")
            .AddCname("_acme-challenge.app.in.example.org", "app.auth.test");
        await using var outer = DnsTestServer.Start(outside);
        await using var inner = DnsTestServer.Start(inside);
        await using var views = DnsTestServer.Start(
            Resolvers.CreateZones().AddZone("example.org", "ns.outside.test").AddZone("in.example.org", "ns.inside.test"));
        var resolver = new DnsResolver(Resolvers.CreateOptions(views) with
        {
            LocateNameServer = host => [host == "ns.inside.test" ? inner.Endpoint : outer.Endpoint],
        });

        var target = await new AliasLookup(resolver).FollowAsync("_acme-challenge.app.in.example.org", CancellationToken.None);

        Assert.Equal("app.auth.test", target);
        Assert.DoesNotContain(views.Queries, q => q.Name.StartsWith("_acme-challenge.app.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Servers_that_do_not_respond_are_queried_only_once()
    {
        var zones = Resolvers.CreateZones()
            .AddZone("example.org", "ns.example.org")
            .AddCname("_acme-challenge.b.example.org", "b.auth.test");
        await using var silent = DnsTestServer.Start(zones);
        silent.Fault = DnsFault.Silent;
        await using var server = DnsTestServer.Start(zones);
        var lookup = new AliasLookup(new DnsResolver(Resolvers.CreateOptions(server) with
        {
            Timeout = TestTime.Stretch(TimeSpan.FromMilliseconds(500)),
            LocateNameServer = _ => [silent.Endpoint],
        }));

        foreach (var name in new[] { "a.example.org", "b.example.org", "c.example.org" })
        {
            var target = await lookup.FollowAsync("_acme-challenge." + name, CancellationToken.None);
            Assert.Equal(name == "b.example.org" ? "b.auth.test" : "_acme-challenge." + name, target);
        }

        // Over UDP, then over TCP.
        Assert.Equal([false, true], silent.Queries.Select(q => q.OverTcp));
    }

    [Fact]
    public async Task A_server_with_a_closed_port_does_not_cost_a_timeout()
    {
        var zones = Resolvers.CreateZones()
            .AddZone("example.org", "ns.example.org")
            .AddCname("_acme-challenge.example.org", "auth.test");
        await using var server = DnsTestServer.Start(zones);
        var closed = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var lookup = new AliasLookup(new DnsResolver(Resolvers.CreateOptions(server) with
        {
            // Longer than the test may take.
            Timeout = TestTime.Hang,
            LocateNameServer = _ => [closed],
        }));

        Assert.Equal("auth.test", await lookup.FollowAsync("_acme-challenge.example.org", CancellationToken.None));
    }

    [BindFact]
    public async Task A_lookup_leaves_no_negative_entry_in_the_cache_of_the_resolver()
    {
        await using var server = await BindServer.StartAsync(
            Zone, Records.Replace("* CNAME router", string.Empty, StringComparison.Ordinal), CancellationToken.None);
        await using var cache = await BindServer.StartResolverAsync(server, Zone, CancellationToken.None);
        var resolver = new DnsResolver(Options(cache, server));
        var lookup = new AliasLookup(resolver);
        foreach (var domain in new[] { "own.example.org", "gone.example.org", "example.org" })
        {
            var name = "_acme-challenge." + domain;
            Assert.Equal(name, await lookup.FollowAsync(name, CancellationToken.None));
            Assert.False(await lookup.IsSynthesizedAsync(domain, CancellationToken.None));
            Assert.Equal(Zone, await resolver.FindZoneAsync(name, CancellationToken.None));

            await server.SetTxtAsync(Zone, name, ["value"], CancellationToken.None);
            Assert.Equal((name, "value"), (name, string.Concat(await resolver.GetTxtAsync(name, CancellationToken.None))));
        }

        // The resolver does cache that a name does not exist.
        Assert.Empty(await resolver.GetTxtAsync("control.example.org", CancellationToken.None));
        await server.SetTxtAsync(Zone, "control.example.org", ["value"], CancellationToken.None);
        Assert.Empty(await resolver.GetTxtAsync("control.example.org", CancellationToken.None));
    }

    private static AliasLookup Create(BindServer resolver, BindServer? authoritative) =>
        new(new DnsResolver(Options(resolver, authoritative)));

    // Without an authoritative server, only the resolver can be reached, as behind a firewall.
    private static DnsResolverOptions Options(BindServer resolver, BindServer? authoritative) => new()
    {
        Servers = [new DnsServer("127.0.0.1", resolver.Endpoint.Port)],
        LocateNameServer = _ => authoritative is null ? [] : [authoritative.Endpoint],
    };
}
