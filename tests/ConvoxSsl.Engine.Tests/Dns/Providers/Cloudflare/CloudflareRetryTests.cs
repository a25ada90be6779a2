using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareRetryTests
{
    [Fact]
    public async Task Retry_After_is_obeyed()
    {
        await using var fixture =
            await CloudflareFixture.StartAsync(change: o => o with { MostRequests = 2, Window = TimeSpan.FromSeconds(90) });
        var provider = fixture.NewProvider();

        await provider.PresentAsync(CloudflareFixture.Records(2), CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(90), Assert.Single(fixture.Clock.Waits));
        Assert.Equal(2, fixture.Server.AllTxt.Count);
    }

    [Fact]
    public async Task A_Retry_After_that_is_too_long_is_an_error()
    {
        await using var fixture =
            await CloudflareFixture.StartAsync(change: o => o with { MostRequests = 2, Window = TimeSpan.FromHours(1) });

        var error = await Assert.ThrowsAsync<EngineException>(() =>
            fixture.NewProvider().PresentAsync(CloudflareFixture.Records(2), CancellationToken.None));

        Assert.Equal(("DnsProviderFailed", EngineErrorKind.Busy), (error.Code, error.Kind));
        Assert.Contains("rate limit", error.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Clock.Waits);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task A_rate_limit_without_Retry_After_is_retried()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/dns_records")
            .Times(2)
            .Respond(CloudflareApiResponse.Error(429, 10429, "Slow down")));

        await fixture.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Equal(2, fixture.Clock.Waits.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(521)]
    public async Task Server_errors_are_retried_with_increasing_delays(int status)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.Path == "/zones").Times(3).Respond(CloudflareApiResponse.Html(status)));

        await fixture.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Single(fixture.Server.AllTxt);
        Assert.Collection(
            fixture.Clock.Waits,
            w => Assert.InRange(w.TotalSeconds, 0.5, 1.5),
            w => Assert.InRange(w.TotalSeconds, 1, 3),
            w => Assert.InRange(w.TotalSeconds, 2, 6));
    }

    [Fact]
    public async Task Permanent_server_errors_fail()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.Path == "/zones").Always().Respond(CloudflareApiResponse.Html(500)));

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.Contains("HTTP 500", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, fixture.Server.Calls.Count);
    }

    [Fact]
    public async Task A_broken_connection_is_retried()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Times(2).Reset());

        await fixture.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Single(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task A_change_with_a_lost_response_is_treated_as_done()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).LoseResponse());
        await provider.PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);
        Assert.Single(fixture.Server.AllTxt);

        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).LoseResponse());
        await provider.CleanUpAsync(CloudflareFixture.Records(1), CancellationToken.None);
        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task A_rejection_is_not_retried()
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { ZoneRead = false });

        await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Single(fixture.Server.Calls);
        Assert.Empty(fixture.Clock.Waits);
    }
}
