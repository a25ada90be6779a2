using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The removal of published responses, which runs beside the order and is repeated by the next run if it fails.</summary>
public sealed class RemovalTests : IssuanceTest, IAsyncLifetime
{
    private const string Name = "*.example.org";
    private const string Token = "cloudflare-token-of-the-tests";

    private CloudflareTestServer _cloudflare = null!;

    // All expected records arrive, so that the maximum delay for gathering them, five seconds, is not needed. Skipped delays would end it.
    public RemovalTests() =>
        Clock = new SkippingClock(TimeSpan.FromSeconds(30), IssueRequest.DefaultTimeout) { Endless = [TimeSpan.FromSeconds(5)] };

    async Task IAsyncLifetime.InitializeAsync()
    {
        _cloudflare = await CloudflareTestServer.StartAsync(new CloudflareTestServerOptions(), CancellationToken.None);
        _cloudflare.AddToken(Token);
        _cloudflare.AddZone("example.org", "active", "ns1.example.org");
        await Rack.PrepareAsync(CancellationToken.None);
        await Rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() },
            new DnsSecret(Token),
            CancellationToken.None);
        await StartAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _cloudflare.DisposeAsync();
        await DisposeAsync();
    }

    [Fact]
    public async Task A_certificate_is_returned_unlocked_before_its_records_are_removed()
    {
        var mayRemove = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cloudflare.Faults.Add(CreateRemovalFault().Do((_, ct) => mayRemove.Task.WaitAsync(ct)));
        var entries = new List<CertificateEntry?>();
        using var engine = NewDnsEngine();
        await foreach (
            var result in engine.IssueAllAsync(
                [await engine.Planner.PlanAsync(DnsRequest(), CancellationToken.None)], CancellationToken.None))
        {
            entries.Add(result.Entry);
            Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Failure: null, Published.Count: 1 });
            Assert.Single(_cloudflare.AllTxt);
            await using (await engine.Certificates.LockAsync(result.Entry!.Record.Id, CancellationToken.None))
            {
                mayRemove.SetResult();
            }
        }

        Assert.Equal(
            [await Rack.Certificates.FindAsync(entries[0]!.Record.Id, CancellationToken.None)], entries, (a, b) => a!.Live == b!.Live);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_forced_renewal_before_the_removal_issues_a_version()
    {
        var mayRemove = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cloudflare.Faults.Add(CreateRemovalFault().Do((_, ct) => mayRemove.Task.WaitAsync(ct)));
        using var engine = NewDnsEngine();
        CertificateEntry? renewed = null;
        await foreach (
            var result in engine.IssueAllAsync(
                [await engine.Planner.PlanAsync(DnsRequest(), CancellationToken.None)], CancellationToken.None))
        {
            mayRemove.SetResult();
            using var other = NewDnsEngine();
            renewed = await other.RenewAsync(
                result.Entry!.Record.Id, new RenewalRequest { Force = true, Account = DnsRequest().Account }, CancellationToken.None);
        }

        Assert.Equal(2, renewed!.LiveVersion);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_failed_removal_is_reported_and_repeated_by_the_next_run()
    {
        _cloudflare.Faults.Add(CreateRemovalFault().Respond(CloudflareApiResponse.Error(403, 10000, "Authentication error")).Always());
        using var engine = NewDnsEngine();
        var entry = await engine.IssueAsync(DnsRequest(), CancellationToken.None);

        Assert.Contains(
            Events.All, e => e.Kind == IssuanceEventKind.Warning && e.Text.Contains("could not be removed", StringComparison.Ordinal));
        Assert.NotNull(Assert.Single((await Rack.State.ReadAsync(CancellationToken.None)).SolverUses).Failure);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Published.Count: 1 });
        Assert.Equal(
            [entry.Record.Id], await engine.Certificates.ListAsync(null, CancellationToken.None).Select(s => s.Record.Id).ToListAsync());

        await engine.CleanUpLeftoversAsync(CancellationToken.None);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Published.Count: 1 });
        var warnings = Events.All.Where(e =>
            e.Kind == IssuanceEventKind.Warning && e.Text.Contains("could not be removed", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, e => Assert.Contains("Zone.DNS Edit", e.Remedy?.Text, StringComparison.Ordinal));

        _cloudflare.Faults.Clear();
        await engine.CleanUpLeftoversAsync(CancellationToken.None);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_rejected_publication_causes_no_warning_about_its_removal()
    {
        var fault = CloudflareFault.On(_ => true).Respond(CloudflareApiResponse.Error(403, 10000, "Authentication error")).Always();
        _cloudflare.Faults.Add(fault);
        using var engine = NewDnsEngine();
        var error = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DnsRequest(), CancellationToken.None));

        Assert.Equal("DnsPermissionMissing", error.Code);
        Assert.DoesNotContain(
            Events.All, e => e.Kind == IssuanceEventKind.Warning && e.Text.Contains("could not be removed", StringComparison.Ordinal));
        Assert.True(await FindJournalAsync(Name) is null or { Published.Count: 0 });
    }

    [Fact]
    public async Task A_repeated_request_returns_the_certificate_and_removes_leftovers()
    {
        _cloudflare.Faults.Add(CreateRemovalFault().Respond(CloudflareApiResponse.Error(403, 10000, "Authentication error")).Times(2));
        using var engine = NewDnsEngine();
        var entry = await engine.IssueAsync(DnsRequest(), CancellationToken.None);
        var repeated = await engine.IssueAsync(DnsRequest(), CancellationToken.None);
        Assert.Single(_cloudflare.AllTxt);
        Assert.False((await engine.Planner.PlanAsync(DnsRequest(), CancellationToken.None)).IsSatisfied);
        var removed = await engine.IssueAsync(DnsRequest(), CancellationToken.None);
        Assert.True((await engine.Planner.PlanAsync(DnsRequest(), CancellationToken.None)).IsSatisfied);

        Assert.Equal([1, 1, 1], new[] { entry, repeated, removed }.Select(e => e.LiveVersion));
        Assert.Single(Ca.IssuedCertificates);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_failure_is_remembered_after_its_records_are_removed()
    {
        _cloudflare.Faults.Add(CreateRemovalFault().Respond(CloudflareApiResponse.Error(403, 10000, "Authentication error")));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        using var engine = NewDnsEngine();
        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(DnsRequest(), CancellationToken.None));
        var failure = (await FindJournalAsync(Name))!.Failure;
        Assert.NotNull(failure);
        Assert.Single(_cloudflare.AllTxt);

        await engine.CleanUpLeftoversAsync(CancellationToken.None);
        Assert.Empty(_cloudflare.AllTxt);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Published.Count: 0 } journal && journal.Failure == failure);
    }

    [Fact]
    public async Task A_batch_shares_one_call_each_way_even_if_one_job_waits_for_another()
    {
        using var engine = NewDnsEngine();
        string[] names = ["a.example.org", "b.example.org", "c.example.org", "a.example.org"];
        var request = DnsRequest();
        var entries = await IssueAllAsync(
            engine,
            [.. names.Select(name => request with { Names = CertificateNameSet.Parse([name]) })]).WaitAsync(TestTime.Hang);

        Assert.Equal(names, entries.Select(e => e.Record.Domains[0]));
        Assert.Equal(3, Ca.IssuedCertificates.Count);
        Assert.Equal(2, _cloudflare.WritingCalls.Count);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_dry_run_ends_after_its_records_are_removed()
    {
        using var engine = NewDnsEngine();
        using var chain = await engine.TryAsync(DnsRequest(), CancellationToken.None);

        Assert.Equal([Name], chain.LeafNames());
        await AssertNothingIsLeftAsync();
    }

    private static CloudflareFault CreateRemovalFault() => CloudflareFault.On(call => call.Method == "DELETE");

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(_cloudflare.AllTxt);
        Assert.Empty(await Rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(Rack.Location, "orders")));
    }

    private IssuanceEngine NewDnsEngine() =>
        NewEngine(new EngineOptions
        {
            Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = _cloudflare.BaseUrl })],
        });

    private IssueRequest DnsRequest()
    {
        var request = Request(Name);
        return request with { Settings = new IssuanceSettings { ChallengeType = ChallengeTypes.Dns01, SkipPropagationCheck = true } };
    }
}
