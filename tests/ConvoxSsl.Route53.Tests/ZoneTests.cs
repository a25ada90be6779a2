using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.TestKit.Route53;
using static ConvoxSsl.Route53.Tests.Route53Fixture;

namespace ConvoxSsl.Route53.Tests;

public class ZoneTests
{
    private const string Name = "_acme-challenge.www.sub.example.com";
    private const string GetZone = "route53:GetHostedZone";

    [Theory]
    [InlineData("")]
    [InlineData("/hostedzone/")]
    public async Task A_zone_id_is_used_without_a_request(string prefix)
    {
        await using var fixture = await StartAsync();
        fixture.Server.AddZone("sub.example.com");
        var provider = fixture.Provider(new Route53Settings { Region = "us-east-1", HostedZoneId = prefix + fixture.Zone.Id });

        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(Name));
        Assert.Equal(0, fixture.Server.Count("route53:ListHostedZonesByName") + fixture.Server.Count(GetZone));
        var zone = await provider.FindZoneAsync(Name, CancellationToken.None);
        Assert.Equal(("example.com", fixture.Zone.Id), (zone.Name, zone.Id));
        Assert.Equal(fixture.Zone.NameServers, zone.NameServers);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public async Task The_public_zone_with_the_longest_name_is_found(int pageSize)
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { LargestPage = pageSize });
        string[] others =
            ["aaa.example.com", "bexample.com", "example-a.com", "example.org", "w.sub.example.com", "com", "zzz.com"];
        foreach (var other in others)
        {
            fixture.Server.AddZone(other);
        }

        var sub = fixture.Server.AddZone("sub.example.com");
        fixture.Server.AddZone("www.sub.example.com", isPrivate: true);
        var provider = fixture.Provider();

        Assert.Equal(sub.Id, (await provider.FindZoneAsync(Name, CancellationToken.None)).Id);
        Assert.Equal(fixture.Zone.Id, (await provider.FindZoneAsync("_acme-challenge.other.example.com", CancellationToken.None)).Id);
        Assert.Equal("com", (await provider.FindZoneAsync("elsewhere.com", CancellationToken.None)).Name);
    }

    [Fact]
    public async Task Of_several_public_zones_the_delegated_one_is_used()
    {
        await using var fixture = await StartAsync();
        var second = fixture.Server.AddZone("example.com");
        fixture.Delegations["example.com"] = [.. second.NameServers.Select(server => server.ToUpperInvariant() + ".")];
        var provider = fixture.Provider();

        Assert.Equal(second.Id, (await provider.FindZoneAsync(Name, CancellationToken.None)).Id);
        Assert.Equal(second.Id, (await provider.FindZoneAsync("other.example.com", CancellationToken.None)).Id);
        Assert.Equal(2, fixture.Server.Count(GetZone));
    }

    [Fact]
    public async Task Several_public_zones_without_a_delegation_are_reported()
    {
        await using var fixture = await StartAsync();
        var second = fixture.Server.AddZone("example.com");

        var failure =
            await FailsAsync("DnsZoneNotFound", () => fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None));

        Assert.Contains(fixture.Zone.Id, failure.Message, StringComparison.Ordinal);
        Assert.Contains(second.Id, failure.Message, StringComparison.Ordinal);
        Assert.Equal("DnsZoneNotFound.Ambiguous", failure.Remedy?.Key);
    }

    [Fact]
    public async Task A_missing_zone_and_a_zone_of_another_name_are_reported()
    {
        await using var fixture = await StartAsync();
        fixture.Server.AddZone("internal.example", isPrivate: true);

        await FailsAsync(
            "DnsZoneNotFound", () => fixture.Provider().PresentAsync([Record("a.internal.example", "ours")], CancellationToken.None));

        var wrong = fixture.Provider(new Route53Settings { Region = "us-east-1", HostedZoneId = "Z0GONE" });
        var failure = await FailsAsync("DnsZoneNotFound", () => wrong.PresentAsync([Record(Name, "ours")], CancellationToken.None));
        Assert.Contains("Z0GONE", failure.Message, StringComparison.Ordinal);

        var other = fixture.Provider(new Route53Settings { Region = "us-east-1", HostedZoneId = fixture.Zone.Id });
        await FailsAsync("DnsZoneNotFound", () => other.FindZoneAsync("www.example.net", CancellationToken.None));
    }

    [Fact]
    public async Task A_zone_is_found_without_the_permission_to_read_its_name_servers()
    {
        await using var fixture = await StartAsync();
        fixture.Deny(GetZone);

        var zone = await fixture.Provider().FindZoneAsync(Name, CancellationToken.None);

        Assert.Equal("example.com", zone.Name);
        Assert.Empty(zone.NameServers);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_zone_is_read_once_even_if_that_is_denied(bool isConfigured, bool isDenied)
    {
        await using var fixture = await StartAsync();
        if (isDenied)
        {
            fixture.Deny(GetZone);
        }

        var provider = fixture.Provider(
            new Route53Settings { Region = "us-east-1", HostedZoneId = isConfigured ? fixture.Zone.Id : null });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var name = $"_acme-challenge.host{i}.example.com";
            if (isConfigured && isDenied)
            {
                await FailsAsync("DnsPermissionMissing", () => provider.FindZoneAsync(name, CancellationToken.None));
            }
            else
            {
                Assert.Equal("example.com", (await provider.FindZoneAsync(name, CancellationToken.None)).Name);
            }
        }));

        Assert.Equal(1, fixture.Server.Count(GetZone));
    }

    [Fact]
    public async Task A_denied_list_of_zones_is_requested_once()
    {
        await using var fixture = await StartAsync();
        fixture.Deny("route53:ListHostedZonesByName");
        var provider = fixture.Provider();

        foreach (var name in new[] { Name, "_acme-challenge.example.com", "_acme-challenge.example.org" })
        {
            var failure = await FailsAsync("DnsPermissionMissing", () => provider.FindZoneAsync(name, CancellationToken.None));
            Assert.Contains("route53:ListHostedZonesByName", failure.Remedy?.Text, StringComparison.Ordinal);
        }

        Assert.Equal(1, fixture.Server.Count("route53:ListHostedZonesByName"));
    }

    [Theory]
    [InlineData("https://route53.amazonaws.com/doc/2012-02-29/")]
    [InlineData("")]
    public async Task Responses_are_read_in_any_namespace(string xmlns)
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { ResponseNamespace = xmlns, PendingPolls = 1 });
        fixture.Server.Put(fixture.Zone, Name, "TXT", 60, ["\"theirs\""]);
        var provider = fixture.Provider();

        var zone = await provider.FindZoneAsync(Name, CancellationToken.None);
        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);
        Assert.Equal(["ours", "theirs"], fixture.Server.Txt(Name).Order());
        await provider.CleanUpAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["theirs"], fixture.Server.Txt(Name));
        Assert.Equal(fixture.Zone.NameServers, zone.NameServers);
    }
}
