using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareRetryTests
{
    [Fact]
    public async Task Retry_After_is_obeyed()
    {
        await using var lab = await CloudflareFixture.StartAsync(change: o => o with { MostRequests = 2, Window = TimeSpan.FromSeconds(90) });
        var provider = lab.NewProvider();

        await provider.PresentAsync(CloudflareFixture.Records(2), CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(90), Assert.Single(lab.Clock.Waits));
        Assert.Equal(2, lab.Server.AllTxt.Count);
    }

    [Fact]
    public async Task A_Retry_After_that_is_too_long_is_an_error()
    {
        await using var lab = await CloudflareFixture.StartAsync(change: o => o with { MostRequests = 2, Window = TimeSpan.FromHours(1) });

        var error = await Assert.ThrowsAsync<EngineException>(() =>
            lab.NewProvider().PresentAsync(CloudflareFixture.Records(2), CancellationToken.None));

        Assert.Equal(("DnsProviderFailed", EngineErrorKind.Busy), (error.Code, error.Kind));
        Assert.Contains("rate limit", error.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Clock.Waits);
        Assert.Empty(lab.Server.AllTxt);
    }

    [Fact]
    public async Task A_rate_limit_without_Retry_After_is_retried()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On("POST", "/dns_records").Times(2).Respond(CloudflareApiResponse.Error(429, 10429, "Slow down")));

        await lab.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Equal(2, lab.Clock.Waits.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(521)]
    public async Task Server_errors_are_retried_with_increasing_delays(int status)
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On(c => c.Path == "/zones").Times(3).Respond(CloudflareApiResponse.Html(status)));

        await lab.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Single(lab.Server.AllTxt);
        Assert.Collection(
            lab.Clock.Waits,
            w => Assert.InRange(w.TotalSeconds, 0.5, 1.5),
            w => Assert.InRange(w.TotalSeconds, 1, 3),
            w => Assert.InRange(w.TotalSeconds, 2, 6));
    }

    [Fact]
    public async Task Permanent_server_errors_fail()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On(c => c.Path == "/zones").Always().Respond(CloudflareApiResponse.Html(500)));

        var error = await lab.RefusalAsync(lab.NewProvider());

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.Contains("HTTP 500", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, lab.Server.Calls.Count);
    }

    [Fact]
    public async Task A_broken_connection_is_retried()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Times(2).Reset());

        await lab.NewProvider().PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);

        Assert.Single(lab.Server.AllTxt);
    }

    [Fact]
    public async Task A_change_with_a_lost_response_is_treated_as_done()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();
        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).LoseResponse());
        await provider.PresentAsync(CloudflareFixture.Records(1), CancellationToken.None);
        Assert.Single(lab.Server.AllTxt);

        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).LoseResponse());
        await provider.CleanUpAsync(CloudflareFixture.Records(1), CancellationToken.None);
        Assert.Empty(lab.Server.AllTxt);
    }

    [Fact]
    public async Task A_rejection_is_not_retried()
    {
        await using var lab = await CloudflareFixture.StartAsync(new CloudflareGrant { ZoneRead = false });

        await lab.RefusalAsync(lab.NewProvider());

        Assert.Single(lab.Server.Calls);
        Assert.Empty(lab.Clock.Waits);
    }
}
