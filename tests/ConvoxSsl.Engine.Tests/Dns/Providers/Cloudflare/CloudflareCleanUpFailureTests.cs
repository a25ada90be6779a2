using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareCleanUpFailureTests
{
    [Fact]
    public async Task CleanUp_continues_after_a_failure_and_reports_it()
    {
        await using var fixture = await CloudflareFixture.StartAsync(change: o => o with { HasBatch = false });
        fixture.Server.AddZone("example.net");
        var provider = fixture.NewProvider();
        TxtRecord[] records = [.. CloudflareFixture.Records(3), .. CloudflareFixture.Records(3, "example.net")];
        await provider.PresentAsync(records, CancellationToken.None);
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.Method == "DELETE")
            .After(1)
            .Respond(CloudflareApiResponse.Error(400, 9999, "Not this one.")));

        var error = await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(
            [new TxtRecord("_acme-challenge.unknown.example", "value"), .. records], CancellationToken.None));

        Assert.Equal("DnsZoneNotFound", error.Code);
        Assert.Contains("9999: Not this one", error.Message, StringComparison.Ordinal);
        Assert.Contains("(_acme-challenge.unknown.example, _acme-challenge.host1.example.org)", error.Message, StringComparison.Ordinal);
        Assert.Equal("_acme-challenge.host1.example.org", Assert.Single(fixture.Server.AllTxt).Name);
    }

    [Fact]
    public async Task CleanUp_continues_one_by_one_after_a_failed_batch()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        await provider.PresentAsync(CloudflareFixture.Records(3), CancellationToken.None);
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/batch").Always().Respond(CloudflareApiResponse.Html(502)));

        await provider.CleanUpAsync(CloudflareFixture.Records(3), CancellationToken.None);

        Assert.Empty(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task CleanUp_does_not_wait_for_an_outage_per_value()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var provider = fixture.NewProvider();
        await provider.PresentAsync(CloudflareFixture.Records(20), CancellationToken.None);
        fixture.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Always().Respond(CloudflareApiResponse.Html(503)));

        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.InRange(fixture.Server.WritingCalls.Count, 1, 1 + 4 * 5);
    }

    [Fact]
    public async Task CleanUp_does_not_wait_for_an_outage_per_name()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(_ => true).Always().Respond(CloudflareApiResponse.Html(503)));
        var provider = fixture.NewProvider();

        await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal(3 * 5, fixture.Server.Calls.Count);
    }

    [Fact]
    public async Task CleanUp_with_a_rejected_token_sends_one_request()
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { Status = "disabled" });
        var provider = fixture.NewProvider();

        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal("DnsCredentialsRefused", error.Code);
        Assert.Single(fixture.Server.Calls);
    }

    [Fact]
    public async Task Cancellation_is_not_a_failure()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        using var stop = new CancellationTokenSource();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones").Always().Do((_, ct) =>
        {
            stop.Cancel();
            return Task.Delay(Timeout.Infinite, ct);
        }));
        var provider = fixture.NewProvider();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.CleanUpAsync(CloudflareFixture.Records(1), stop.Token));
    }
}
