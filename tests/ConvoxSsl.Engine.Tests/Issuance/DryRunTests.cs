using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Issuances that obtain a certificate and store nothing.</summary>
public sealed class DryRunTests : IssuanceTest
{
    private const string Name = "one.example.org";

    [Fact]
    public async Task A_dry_run_obtains_a_certificate_and_stores_nothing()
    {
        await StartAsync();
        using var engine = NewEngine();
        using var chain = await engine.TryAsync(Request(Name), CancellationToken.None);

        Assert.Equal([Name], chain.LeafNames());
        Assert.Single(Ca.IssuedCertificates);
        await AssertNothingIsKeptAsync();
    }

    [Fact]
    public async Task A_failed_dry_run_stores_nothing_and_delays_no_attempt()
    {
        await StartAsync();
        using var engine = NewEngine();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        await Assert.ThrowsAsync<AcmeException>(() => engine.TryAsync(Request(Name), CancellationToken.None));
        await AssertNothingIsKeptAsync();

        await IssueAsync(Name);
    }

    [Fact]
    public async Task A_dry_run_of_a_renewal_does_not_change_the_certificate()
    {
        await StartAsync();
        var live = await IssueAsync(Name);
        using var engine = NewEngine();
        using (await engine.TryAsync(new RenewalRequest().ToIssueRequest(live.Record), CancellationToken.None))
        {
        }

        var after = await Rack.Certificates.FindAsync(live.Record.Id, CancellationToken.None);
        Assert.Equal((live.Live, 1), (after!.Live, after.Versions.Count));
        Assert.Empty(await Rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_killed_dry_run_is_not_listed_and_is_cleaned_up()
    {
        await StartAsync();
        var journaled = new TaskCompletionSource<string>();
        Ca.Faults.Add(
            AcmeFault.On(AcmeResource.Challenge).Do(
                () =>
                    journaled.TrySetResult(
                        File.ReadAllText(Directory.GetFiles(Path.Combine(Rack.Location, "orders"), "*.json").Single()))));
        using var engine = NewEngine();
        using (await engine.TryAsync(Request(Name), CancellationToken.None))
        {
        }

        var id = System.Text.Json.JsonDocument.Parse(
            await journaled.Task).RootElement.GetProperty("certificate").GetProperty("id").GetString();
        await File.WriteAllTextAsync(Path.Combine(Rack.Location, "orders", id + ".json"), await journaled.Task);
        Assert.Empty(await engine.Certificates.ListAsync(null, CancellationToken.None).ToListAsync());
        await engine.CleanUpLeftoversAsync(CancellationToken.None);
        await AssertNothingIsKeptAsync();
    }

    [Theory]
    [InlineData("letsencrypt", "letsencrypt-staging")]
    [InlineData("letsencrypt-staging", "letsencrypt-staging")]
    [InlineData("google", "google-staging")]
    [InlineData("https://ca.example.org/directory", "https://ca.example.org/directory")]
    [InlineData("zerossl", null)]
    [InlineData("self-signed", null)]
    public void Dry_runs_use_the_staging_endpoint(string issuer, string? trial) => Assert.Equal(trial, Issuer.Parse(issuer).Trial?.Name);

    private async Task AssertNothingIsKeptAsync()
    {
        Assert.Empty(await Rack.Certificates.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(Rack.Location, "orders")));
        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
    }
}
