using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareZoneTests
{
    [Theory]
    [InlineData("_acme-challenge.example.org", "example.org")]
    [InlineData("example.org", "example.org")]
    [InlineData("_acme-challenge.a.b.example.org", "example.org")]
    [InlineData("_acme-challenge.sub.example.org", "sub.example.org")]
    [InlineData("sub.example.org", "sub.example.org")]
    [InlineData("_acme-challenge.othersub.example.org", "example.org")]
    public async Task The_longest_matching_zone_is_found(string name, string zone)
    {
        foreach (var others in new[] { 0, 60, 250 })
        {
            await using var fixture = await StartAsync(others);
            fixture.Server.AddZone("sub.example.org");

            var found = await fixture.NewProvider().FindZoneAsync(name, CancellationToken.None);

            Assert.Equal(zone, found.Name);
            Assert.Equal(["ada.ns.cloudflare.test", "bob.ns.cloudflare.test"], found.NameServers);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(199)]
    [InlineData(1000)]
    public async Task All_names_of_a_domain_need_one_request(int others)
    {
        await using var fixture = await StartAsync(others);
        fixture.Server.AddZone("sub.example.org");
        var provider = fixture.NewProvider();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("example.org", (await provider.FindZoneAsync($"a{i}.example.org", CancellationToken.None)).Name);
            Assert.Equal("sub.example.org", (await provider.FindZoneAsync($"a{i}.sub.example.org", CancellationToken.None)).Name);
        }

        Assert.Equal(["ends_with:example.org"], fixture.Server.Calls.Select(c => c.Query["name"]));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(60, 11)]
    public async Task Names_of_several_domains_need_one_request_if_the_account_has_few_zones(int zones, int requests)
    {
        await using var fixture = await StartAsync(0);
        for (var i = 0; i < zones; i++)
        {
            fixture.Server.AddZone($"zone{i}.test");
        }

        var records = Enumerable.Range(0, 20).Select(i => new TxtRecord($"_acme-challenge.a{i}.zone{i % 10}.test", "value")).ToList();
        await fixture.NewProvider().PresentAsync(records, CancellationToken.None);

        Assert.Equal(requests, fixture.Server.Calls.Count(c => c.Path == "/zones"));
        Assert.All(records, r => Assert.Equal(["value"], fixture.Server.Txt(r.Name)));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(0)]
    public async Task Zones_are_found_by_their_exact_names_if_the_API_does_not_know_the_filter(int status)
    {
        await using var fixture = await StartAsync(250);
        fixture.Server.AddZone("sub.example.org");
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.Query.GetValueOrDefault("name", "-").Contains(':')).Always().Respond(
            status == 400
                ? CloudflareApiResponse.Error(400, 1003, "Invalid or missing name")
                : CloudflareApiResponse.Success(new JsonArray(), new JsonObject { ["page"] = 1, ["per_page"] = 50, ["total_count"] = 0 })));
        var provider = fixture.NewProvider();

        Assert.Equal("sub.example.org", (await provider.FindZoneAsync("a.sub.example.org", CancellationToken.None)).Name);
        Assert.Equal("example.org", (await provider.FindZoneAsync("b.example.org", CancellationToken.None)).Name);

        Assert.Equal(
            ["ends_with:example.org", "a.sub.example.org", "sub.example.org", "b.example.org", "example.org"],
            fixture.Server.Calls.Select(c => c.Query["name"]));
    }

    [Fact]
    public async Task The_active_zone_of_a_name_is_found_on_the_second_page()
    {
        await using var fixture = await StartAsync(250);
        for (var i = 0; i < 60; i++)
        {
            fixture.Server.AddZone("example.com", "moved");
        }

        var id = fixture.Server.AddZone("example.com");

        Assert.Equal(id, (await fixture.NewProvider().FindZoneAsync("www.example.com", CancellationToken.None)).Id);
        Assert.Contains(fixture.Server.Calls, c => c.Query["page"] == "2" && c.Query["name"] == "example.com");
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("moved")]
    [InlineData("initializing")]
    public async Task An_inactive_zone_is_reported_with_its_status(string status)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddZone("sub.example.org", status);
        var provider = fixture.NewProvider();

        var error = await fixture.RefusalAsync(provider, "_acme-challenge.sub.example.org");

        Assert.Equal(("DnsProviderFailed", EngineErrorKind.InvalidState), (error.Code, error.Kind));
        Assert.Contains($"'sub.example.org' at Cloudflare is '{status}', not active", error.Message, StringComparison.Ordinal);

        // The zone is read again, so that a long-lived provider notices the change.
        fixture.Server.SetStatus("sub.example.org", "active");
        Assert.Equal("sub.example.org", (await provider.FindZoneAsync("sub.example.org", CancellationToken.None)).Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(250)]
    public async Task A_name_without_a_zone_is_reported(int others)
    {
        await using var fixture = await StartAsync(others);
        var provider = fixture.NewProvider();

        var error = await fixture.RefusalAsync(provider, "_acme-challenge.example.com");

        Assert.Equal(("DnsZoneNotFound", EngineErrorKind.NotFound), (error.Code, error.Kind));
        Assert.Contains("'_acme-challenge.example.com'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Zone.Zone Read", error.Remedy?.Text, StringComparison.Ordinal);

        fixture.Server.AddZone("example.com");
        Assert.Equal("example.com", (await provider.FindZoneAsync("example.com", CancellationToken.None)).Name);
    }

    [Fact]
    public async Task A_zone_outside_the_tokens_scope_is_not_found()
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { Zones = ["example.org"] });
        fixture.Server.AddZone("example.com");
        var provider = fixture.NewProvider();

        Assert.Equal("DnsZoneNotFound", (await fixture.RefusalAsync(provider, "_acme-challenge.example.com")).Code);
        await provider.PresentAsync(CloudflareFixture.Records(2), CancellationToken.None);
        Assert.Equal(2, fixture.Server.AllTxt.Count);
    }

    [Theory]
    [InlineData("xn--mller-kva.example", 0)]
    [InlineData("müller.example", 0)]
    [InlineData("xn--mller-kva.example", 250)]
    [InlineData("müller.example", 250)]
    public async Task Records_of_an_internationalized_zone_are_written_in_A_labels(string shown, int others)
    {
        const string Name = "_acme-challenge.xn--bcher-kva.xn--mller-kva.example";
        await using var fixture = await StartAsync(others);
        fixture.Server.AddZone(shown);
        var provider = fixture.NewProvider();

        Assert.Equal("xn--mller-kva.example", (await provider.FindZoneAsync(Name, CancellationToken.None)).Name);
        await provider.PresentAsync([new TxtRecord(Name, "value")], CancellationToken.None);
        Assert.Equal("value", Assert.Single(fixture.Server.Txt(Name)));

        await provider.CleanUpAsync([new TxtRecord(Name, "value")], CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task Nothing_is_written_if_one_name_has_no_zone()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await Assert.ThrowsAsync<EngineException>(() => provider.PresentAsync(
            [new TxtRecord("_acme-challenge.example.org", "value"), new TxtRecord("_acme-challenge.example.com", "value")],
            CancellationToken.None));

        Assert.Empty(fixture.Server.WritingCalls);
    }

    private static async Task<CloudflareFixture> StartAsync(int others)
    {
        var fixture = await CloudflareFixture.StartAsync();
        for (var i = 0; i < others; i++)
        {
            fixture.Server.AddZone($"other{i}.example");
        }

        return fixture;
    }
}
