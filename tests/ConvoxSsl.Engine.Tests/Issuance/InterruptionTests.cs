using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Canceled, killed and concurrent runs.</summary>
public sealed class InterruptionTests : IssuanceTest
{
    private const string One = "one.example.org";
    private const string Two = "two.example.org";

    [Fact]
    public async Task Cancellation_while_an_account_is_created_leaves_one_account()
    {
        await StartAsync();
        using var stop = new CancellationTokenSource();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).LoseResponse().Do(stop.Cancel));
        await AssertCanceledAsync(stop.Token, One);
        await IssueAsync(One);

        Assert.Single(Ca.Accounts);
        Assert.Single(
            Ca.Requests.Where(r => r.Resource == AcmeResource.NewAccount).Select(r => r.Protected!["jwk"]!.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task Cancellation_ends_a_Retry_After_delay()
    {
        await StartAsync();
        using var stop = new CancellationTokenSource();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Always().Respond(_ => CaResponse.Html(503).RetryAfter(55)));

        // Use the system's clock, so that the delay is real and the cancellation must end it.
        var waiting = new CancelOnRetryDelay(stop);
        await using var solvers = new ChallengeSolvers();
        using var engine = new IssuanceEngine(Rack, solvers, TimeProvider.System, waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.IssueAsync(Request(One), stop.Token).WaitAsync(TestTime.Stretch(TimeSpan.FromSeconds(40))));

        Assert.Equal(1, Ca.Count(AcmeResource.Order));
        Ca.Faults.Clear();
        await AssertResumedAsync(One);
    }

    [Fact]
    public async Task Cancellation_during_validation_releases_the_port()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions());
        var request = Request(One);
        request = request with { Settings = new IssuanceSettings { HttpPort = Ca.HttpPort } };
        using var stop = new CancellationTokenSource();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Do(stop.Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.IssueAsync(request, stop.Token));

        using (var listener = new ListenerEndpoint(null, Ca.HttpPort).Listen())
        {
            Assert.True(listener.IsBound);
        }

        await engine.IssueAsync(request, CancellationToken.None);
        Assert.Single(Ca.Orders);
    }

    [Fact]
    public async Task Key_authorizations_of_a_killed_run_are_removed_and_its_order_is_resumed()
    {
        await StartAsync();
        OrderRecord? killedJournal = null;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge)
            .Reset()
            .Always()
            .Do(async (_, _) => killedJournal ??= await FindJournalAsync(One)));
        await AssertIssueFailsAsync("unreachable", One);
        Ca.Faults.Clear();

        // Restore the state at the kill: the key authorization is published and in the journal.
        var response = Assert.Single(killedJournal!.Published);
        var folder = Directory.CreateDirectory(Path.Combine(WebRoot, ".well-known", "acme-challenge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, response.Token), response.Value);
        await Rack.Orders.SaveAsync(killedJournal, CancellationToken.None);
        await IssueAsync(One);

        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
        Assert.Equal(killedJournal.OrderUrl!.AbsoluteUri, Assert.Single(Ca.Orders).Url);
    }

    [Fact]
    public async Task Names_validated_before_a_cancellation_are_not_validated_again()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).After(1).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(3600)));
        await AssertIssueFailsAsync("rateLimited", One, Two);
        await AssertResumedAsync(One, Two);

        // The validated one, the rejected one, and the repetition of the latter.
        Assert.Equal(3, Ca.Count(AcmeResource.Challenge));
    }

    [Fact]
    public async Task A_forgotten_account_with_an_open_order_is_created_again_and_orders_again()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await AssertIssueFailsAsync("unreachable", One);
        Ca.Faults.Clear();
        Ca.ForgetAccounts();
        await IssueAsync(One);

        Assert.Equal(Assert.Single(Ca.Accounts).Url, Assert.Single(Ca.IssuedCertificates).Account);
        Assert.Null(await FindJournalAsync(One));
    }

    [Fact]
    public async Task An_account_deactivated_elsewhere_is_one_error()
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        var session = await engine.Accounts.OpenExistingAsync(Ca.DirectoryUrl, CancellationToken.None);
        await session.DeactivateAsync(CancellationToken.None);
        var error = await AssertIssueFailsAsync("unauthorized", One);

        Assert.Contains("deactivated", error.Message, StringComparison.Ordinal);
        Assert.Empty(Ca.Orders);
    }

    [Fact]
    public async Task Concurrent_engines_on_one_rack_order_once()
    {
        await StartAsync();
        var entries = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var solvers = new ChallengeSolvers();
            using var engine = new IssuanceEngine(new LocalRack("test", Rack.Location, TestDnsProviders.All), solvers, Clock, Events);
            return await engine.IssueAsync(Request(One), CancellationToken.None);
        }));

        Assert.Single(entries.Select(e => e.Live.SerialNumber).Distinct());
        Assert.Single(Ca.Accounts);
        Assert.Single(Ca.Orders);
    }

    [Fact]
    public async Task A_key_of_the_user_is_used_and_the_order_is_resumed_with_it()
    {
        using var engine = await StartAsync();
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP384);
        var pem = key.ToPem();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await Assert.ThrowsAsync<AcmeException>(
            () => engine.IssueAsync(Request(One) with { Key = PrivateKey.FromPem(pem) }, CancellationToken.None));
        Ca.Faults.Clear();
        await engine.IssueAsync(Request(One) with { Key = PrivateKey.FromPem(pem) }, CancellationToken.None);

        Assert.Single(Ca.Orders);
        Assert.True(key.Matches(Assert.Single(Ca.IssuedCertificates).Certificate));
    }

    private async Task AssertCanceledAsync(CancellationToken stop, params string[] names)
    {
        using var engine = NewEngine();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.IssueAsync(Request(names), stop));
    }

    private sealed class CancelOnRetryDelay(CancellationTokenSource stop) : IProgress<IssuanceEvent>
    {
        public void Report(IssuanceEvent value)
        {
            if (value.Text.Contains("HTTP 503", StringComparison.Ordinal) && value.Left is not null)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task A_corrupt_order_does_not_hide_a_current_certificate()
    {
        await StartAsync();
        var entry = await IssueAsync(One);
        var file = Path.Combine(Rack.Location, "orders", $"{entry.Record.Id}.json");
        await File.WriteAllTextAsync(file, "{");
        using var engine = NewEngine();

        Assert.Equal(
            entry.Live,
            (await engine.Planner.PlanAsync(Request(One), CancellationToken.None) is { IsSatisfied: true } plan ? plan.Known : null)!.Live);
        Assert.Equal(entry.Live, (await engine.IssueAsync(Request(One), CancellationToken.None)).Live);
        Assert.Equal(
            "OrderDamaged",
            (
                await Assert.ThrowsAsync<EngineException>(
                    () => engine.IssueAsync(Request(One) with { Force = true }, CancellationToken.None))).Code);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_killed_after_storing_the_certificate_is_finished_without_another_order(bool isLive)
    {
        await StartAsync();
        await IssueAsync(One);
        OrderRecord? journal = null;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Do(async (_, _) => journal = await FindJournalAsync(One)));
        using var engine = NewEngine();
        var entry = await engine.IssueAsync(Request(One) with { Force = true }, CancellationToken.None);
        await Rack.Orders.SaveAsync(journal!, CancellationToken.None);
        if (!isLive)
        {
            await Rack.Certificates.SwitchAsync(entry.Record.Id, 1, CancellationToken.None);
        }

        var renewed = await engine.RenewAsync(entry.Record.Id, new RenewalRequest(), CancellationToken.None);
        Assert.Equal((2, 2), (renewed.LiveVersion, renewed.Versions.Count));
        Assert.Equal(2, Ca.Orders.Count);
        Assert.Null(await FindJournalAsync(One));
    }
}
