using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareBatchTests
{
    [Fact]
    public async Task A_missing_batch_endpoint_is_remembered_and_changes_are_written_one_by_one()
    {
        await using var fixture = await CloudflareFixture.StartAsync(change: o => o with { HasBatch = false });
        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(3);

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(3, fixture.Server.AllTxt.Count);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
        Assert.Equal(7, fixture.Server.WritingCalls.Count);
        Assert.Single(Batches(fixture));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    public async Task A_rejected_batch_is_remembered_if_single_changes_succeed(int status)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch")
            .Always()
            .Respond(CloudflareApiResponse.Error(status, 10000, "not here")));
        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(150);

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(150, fixture.Server.AllTxt.Count);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
        Assert.Single(Batches(fixture));
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_halved_and_the_size_remembered()
    {
        await using var fixture = await CloudflareFixture.StartAsync(change: o => o with { MostPerBatch = 25 });
        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(100);

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(100, fixture.Server.AllTxt.Count);
        Assert.Equal(6, fixture.Server.WritingCalls.Count);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
        Assert.Equal(10, fixture.Server.WritingCalls.Count);
    }

    [Fact]
    public async Task A_batch_with_a_lost_response_is_not_repeated()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        var records = CloudflareFixture.Records(10);
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch").LoseResponse());

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(10, fixture.Server.AllTxt.Count);
        Assert.Equal(2, fixture.Server.WritingCalls.Count);

        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch").LoseResponse());
        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
        Assert.Equal(4, fixture.Server.WritingCalls.Count);
    }

    [Fact]
    public async Task A_constantly_changing_zone_is_written_one_by_one()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch")
            .Always()
            .Respond(CloudflareApiResponse.Error(400, 81058, "An identical record already exists.")));

        await fixture.NewProvider().PresentAsync(CloudflareFixture.Records(3), CancellationToken.None);

        Assert.Equal(3, fixture.Server.AllTxt.Count);
        Assert.Equal(2, Batches(fixture).Count());
    }

    [Fact]
    public async Task A_failed_batch_is_used_again_next_time()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        await provider.PresentAsync(CloudflareFixture.Records(6), CancellationToken.None);
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch").Times(5).Respond(CloudflareApiResponse.Html(502)));

        await provider.CleanUpAsync(CloudflareFixture.Records(3), CancellationToken.None);
        await provider.CleanUpAsync(CloudflareFixture.Records(6), CancellationToken.None);

        Assert.Empty(fixture.Server.AllTxt);
        Assert.Equal(1 + 5 + 1, Batches(fixture).Count());
    }

    [Fact]
    public async Task One_change_needs_no_batch()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();

        await provider.PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);
        await provider.CleanUpAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Empty(Batches(fixture));
        Assert.Equal(["POST", "DELETE"], fixture.Server.WritingCalls.Select(c => c.Method));
    }

    [Fact]
    public async Task The_error_of_the_single_change_is_reported()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch")
            .Always()
            .Respond(CloudflareApiResponse.Error(400, 9999, "not here")));
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/dns_records")
            .Always()
            .Respond(CloudflareApiResponse.Error(400, 81045, "The record quota has been exceeded.")));
        var provider = fixture.NewProvider();

        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.PresentAsync(CloudflareFixture.Records(2), CancellationToken.None));

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.Contains("81045: The record quota has been exceeded", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, fixture.Server.WritingCalls.Count);
    }

    private static IEnumerable<CloudflareApiRequest> Batches(CloudflareFixture fixture) =>
        fixture.Server.Calls.Where(c => c.Path.EndsWith("/batch", StringComparison.Ordinal));
}
