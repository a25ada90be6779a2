using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareCleanUpFailureTests
{
    [Fact]
    public async Task CleanUp_continues_after_a_failure_and_reports_it()
    {
        await using var lab = await CloudflareFixture.StartAsync(change: o => o with { HasBatch = false });
        lab.Server.AddZone("example.net");
        var provider = lab.NewProvider();
        TxtRecord[] records = [.. CloudflareFixture.Records(3), .. CloudflareFixture.Records(3, "example.net")];
        await provider.PresentAsync(records, CancellationToken.None);
        lab.Server.Faults.Add(CloudflareFault.On(c => c.Method == "DELETE")
            .After(1)
            .Respond(CloudflareApiResponse.Error(400, 9999, "Not this one.")));

        var error = await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(
            [new TxtRecord("_acme-challenge.unknown.example", "value"), .. records], CancellationToken.None));

        Assert.Equal("DnsZoneNotFound", error.Code);
        Assert.Contains("9999: Not this one", error.Message, StringComparison.Ordinal);
        Assert.Contains("(_acme-challenge.unknown.example, _acme-challenge.host1.example.org)", error.Message, StringComparison.Ordinal);
        Assert.Equal("_acme-challenge.host1.example.org", Assert.Single(lab.Server.AllTxt).Name);
    }

    [Fact]
    public async Task CleanUp_continues_one_by_one_after_a_failed_batch()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();
        await provider.PresentAsync(CloudflareFixture.Records(3), CancellationToken.None);
        lab.Server.Faults.Add(CloudflareFault.On("POST", "/batch").Always().Respond(CloudflareApiResponse.Html(502)));

        await provider.CleanUpAsync(CloudflareFixture.Records(3), CancellationToken.None);

        Assert.Empty(lab.Server.AllTxt);
    }

    [Fact]
    public async Task CleanUp_does_not_wait_for_an_outage_per_value()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        var provider = lab.NewProvider();
        await provider.PresentAsync(CloudflareFixture.Records(20), CancellationToken.None);
        lab.Server.Faults.Add(CloudflareFault.On(c => c.IsWriting).Always().Respond(CloudflareApiResponse.Html(503)));

        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.InRange(lab.Server.WritingCalls.Count, 1, 1 + 4 * 5);
    }

    [Fact]
    public async Task CleanUp_does_not_wait_for_an_outage_per_name()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        lab.Server.Faults.Add(CloudflareFault.On(_ => true).Always().Respond(CloudflareApiResponse.Html(503)));
        var provider = lab.NewProvider();

        await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal(3 * 5, lab.Server.Calls.Count);
    }

    [Fact]
    public async Task CleanUp_with_a_rejected_token_sends_one_request()
    {
        await using var lab = await CloudflareFixture.StartAsync(new CloudflareGrant { Status = "disabled" });
        var provider = lab.NewProvider();

        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.CleanUpAsync(CloudflareFixture.Records(20), CancellationToken.None));

        Assert.Equal("DnsCredentialsRefused", error.Code);
        Assert.Single(lab.Server.Calls);
    }

    [Fact]
    public async Task Cancellation_is_not_a_failure()
    {
        await using var lab = await CloudflareFixture.StartAsync();
        using var stop = new CancellationTokenSource();
        lab.Server.Faults.Add(CloudflareFault.On("GET", "/zones").Always().Do((_, ct) =>
        {
            stop.Cancel();
            return Task.Delay(Timeout.Infinite, ct);
        }));
        var provider = lab.NewProvider();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.CleanUpAsync(CloudflareFixture.Records(1), stop.Token));
    }
}
