using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareScaleTests
{
    private const string Name = "_acme-challenge.example.org";

    [Fact]
    public async Task A_hundred_names_need_two_write_requests_each_way()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(100);

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(100, fixture.Server.AllTxt.Count);
        Assert.InRange(fixture.Server.WritingCalls.Count, 1, 2);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
        Assert.InRange(fixture.Server.WritingCalls.Count, 2, 4);
        Assert.InRange(fixture.Server.Calls.Count, 1, 10);
    }

    [Fact]
    public async Task Names_of_several_zones_are_written_to_their_zones()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddZone("example.net");
        var provider = fixture.NewProvider();
        TxtRecord[] records = [.. CloudflareFixture.Records(3), .. CloudflareFixture.Records(3, "example.net")];

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(2, fixture.Server.WritingCalls.Count);
        Assert.Equal(6, fixture.Server.AllTxt.Count);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task Names_in_a_large_zone_are_read_one_by_one()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        for (var i = 0; i < 1001; i++)
        {
            fixture.Server.AddRecord($"other{i}.example.org", $"\"theirs-{i}\"");
        }

        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(5);
        await provider.PresentAsync(records, CancellationToken.None);
        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(1006, fixture.Server.AllTxt.Count);
        Assert.Single(fixture.Server.WritingCalls);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Equal(1001, fixture.Server.AllTxt.Count);
    }

    [Fact]
    public async Task A_name_with_several_pages_of_values_is_read_completely()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        for (var i = 0; i < 1005; i++)
        {
            fixture.Server.AddRecord(Name, $"\"value-{i}\"");
        }

        await fixture.NewProvider().CleanUpAsync([new(Name, "value-1004")], CancellationToken.None);

        Assert.Equal(1004, fixture.Server.AllTxt.Count);
        Assert.DoesNotContain("value-1004", fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task Eight_providers_at_one_name_lose_and_leave_no_value()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddRecord(Name, "\"theirs\"");
        var writers = Enumerable.Range(0, 8).Select(i => (
            Provider: fixture.NewProvider(),
            Records: new TxtRecord[] { new(Name, $"a{i}"), new(Name, $"b{i}"), new($"_acme-challenge.host{i}.example.org", "c") }))
                .ToList();

        await Task.WhenAll(writers.Select(w => w.Provider.PresentAsync(w.Records, CancellationToken.None)));
        Assert.Equal(17, fixture.Server.Txt(Name).Distinct().Count());
        Assert.Equal(25, fixture.Server.AllTxt.Count);

        await Task.WhenAll(writers.Select(w => w.Provider.CleanUpAsync(w.Records, CancellationToken.None)));
        Assert.Equal((Name, "theirs"), Assert.Single(fixture.Server.AllTxt));
    }

    [Fact]
    public async Task One_provider_serves_concurrent_tasks()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await Parallel.ForAsync(0, 8, async (i, ct) =>
        {
            TxtRecord[] records = [new(Name, $"a{i}"), new(Name, $"b{i}")];
            await provider.PresentAsync(records, ct);
            Assert.Subset(fixture.Server.Txt(Name).ToHashSet(), records.Select(r => r.Value).ToHashSet());
            await provider.CleanUpAsync(records, ct);
        });

        Assert.Empty(fixture.Server.AllTxt);
        Assert.Single(fixture.Server.Calls, c => c.Path == "/zones");
    }
}
