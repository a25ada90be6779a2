using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Remembered failures, which delay the next attempt.</summary>
public sealed class RetryBackoffTests : IssuanceTest
{
    private const string Name = "one.example.org";
    private const string PausePage = "https://portal.example.org/sfe/v1/unpause?jwt=abc.def-ghi";

    [Fact]
    public async Task Attempts_are_1_10_and_100_minutes_apart_and_then_a_day()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns", "no such name"));
        foreach (var minutes in new[] { 1, 10, 100, 1440, 1440 })
        {
            await AssertIssueFailsAsync("dns", Name);
            var orders = Ca.Orders.Count;
            Clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            var error = await AssertDelayedAsync();
            Assert.Contains("no such name", error.Message, StringComparison.Ordinal);
            Assert.Contains("check its DNS records", error.Message, StringComparison.Ordinal);
            Assert.Equal("RetryLater", error.Remedy!.Key);
            Assert.Equal(orders, Ca.Orders.Count);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Ca.Faults.Clear();
        await IssueAsync(Name);
        Assert.Null(await FindJournalAsync(Name));
    }

    [Fact]
    public async Task The_stored_cause_includes_the_remedy_as_the_caller_describes_it()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "no such name"));
        using var engine = NewEngine(Options with { DescribeRemedy = remedy => $"Text of {remedy.Next!.Key}." });

        var failure = await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Request(Name), CancellationToken.None));

        Assert.Equal($"{failure.Message} Text of AcmeProblem.dns.", (await FindJournalAsync(Name))!.Failure!.Cause);
    }

    [Fact]
    public async Task Force_retries_at_once_and_a_success_clears_the_failure()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        await AssertIssueFailsAsync("dns", Name);
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);

        Assert.Null(await FindJournalAsync(Name));
    }

    [Fact]
    public async Task Changed_settings_allow_a_new_attempt()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("connection"));
        await AssertIssueFailsAsync("connection", Name);
        using var engine = NewEngine();
        var request = Request(Name);
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { HttpAddress = "127.0.0.1" } }, CancellationToken.None);

        Assert.Equal(1, entry.LiveVersion);
    }

    [Theory]
    [InlineData(429, "rateLimited")]
    [InlineData(503, "serverInternal")]
    public async Task Retry_After_applies_to_changed_settings_too(int status, string type)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(status, type).RetryAfter(7200)));
        await AssertIssueFailsAsync(type, Name);
        using var engine = NewEngine();
        var request = Request(Name);
        request = request with { Settings = request.Settings with { HttpAddress = "127.0.0.1" } };
        Clock.Advance(TimeSpan.FromSeconds(7100));
        Assert.Equal(
            "RetryLater", (await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(request, CancellationToken.None))).Code);
        Clock.Advance(TimeSpan.FromSeconds(200));
        await engine.IssueAsync(request, CancellationToken.None);

        Assert.Equal(2, Ca.Count(AcmeResource.NewOrder));
    }

    [Fact]
    public async Task A_paused_name_is_not_retried_and_shows_the_URL_to_unpause_it()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(
            CaResponse.Problem(
                429,
                "rateLimited",
                $"Your account is temporarily prevented from requesting certificates for {Name} and possibly others. Please visit: "
                    + $"{PausePage}")));
        await AssertIssueFailsAsync("rateLimited", Name);
        Clock.Advance(TimeSpan.FromDays(90));
        var error = await AssertDelayedAsync();

        Assert.Contains(PausePage, error.Message, StringComparison.Ordinal);
        Assert.Equal(
            (null, PausePage), ((await FindJournalAsync(Name))!.Failure!.NextTry, (await FindJournalAsync(Name))!.Failure!.HelpUrl));
        Assert.Equal(1, Ca.Count(AcmeResource.NewOrder));
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);
    }

    [Fact]
    public async Task A_network_failure_does_not_delay_the_next_attempt()
    {
        await StartAsync();
        await CreateAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().Reset());
        await AssertIssueFailsAsync("unreachable", Name);
        Ca.Faults.Clear();

        await IssueAsync(Name);
    }

    [Fact]
    public async Task Account_errors_do_not_delay_the_next_attempt()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Problem(400, "invalidContact"));
        await AssertIssueFailsAsync("invalidContact", Name);

        await IssueAsync(Name);
    }

    [Fact]
    public async Task A_rate_limit_on_new_accounts_delays_the_next_attempt()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(3600)));
        await AssertIssueFailsAsync("rateLimited", Name);
        await AssertDelayedAsync();
        Assert.Equal(1, Ca.Count(AcmeResource.NewAccount));

        await IssueWhenAllowedAsync(Name);
    }

    [Fact]
    public async Task An_order_that_timed_out_delays_scheduled_renewals_and_is_resumed_at_once_on_request()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RetryAfter = 60 });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(60));
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        Assert.Equal(("OrderTimedOut", "OrderTimedOut"), (error.Code, error.Remedy!.Key));

        var state = await engine.Certificates.FindAsync(Request(Name).Names.ToCertificateId(), CancellationToken.None);
        Assert.Equal(("OrderTimedOut", 1), (state.Failure!.Code, state.Failure.Count));
        Assert.Equal(Clock.GetUtcNow().AddMinutes(1), state.Failure.NextTry);
        Assert.Equal(RenewalDecision.BackingOff, engine.Renewals.Decide(state, isNamed: false, force: false));
        Assert.Equal("OrderTimedOut", (await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name))).Code);
        Assert.Equal(2, (await FindJournalAsync(Name))!.Failure!.Count);
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(RenewalDecision.Renew, engine.Renewals.Decide(state, isNamed: false, force: false));
        Assert.Single(Ca.Orders);
    }

    [Fact]
    public void An_issuance_by_the_controller_fails_after_an_hour_until_it_ends()
    {
        using var engine = NewEngine();
        var issuing = new ControlledCertificate
        {
            Certificate = new CertificateRecord
            {
                Id = "cert-1",
                Domains = [Name],
                Issuer = "letsencrypt",
                Settings = new IssuanceSettings { Controller = "cert-manager" },
            },
            Phase = ControlledPhase.Issuing,
            Started = Clock.GetUtcNow(),
            Reason = "Waiting for HTTP-01.",
        };
        var state = new CertificateState(null, null, issuing);
        var waiting = RenewalOutcome.FromDecision(state, engine.Renewals.Decide(state, isNamed: false, force: false));
        Assert.Equal((RenewalResult.InProgress, issuing.Started.AddHours(1)), (waiting.Result, waiting.NextAttempt));

        Clock.Advance(TimeSpan.FromHours(1));
        var failed = RenewalOutcome.FromDecision(state, engine.Renewals.Decide(state, isNamed: false, force: false));
        Assert.Equal((RenewalResult.Failed, true), (failed.Result, failed.NeedsNotice));
        Assert.Equal("OrderTimedOut", ((EngineException)failed.Error!).Code);
        Assert.Contains("cert-manager has not issued", failed.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Waiting for HTTP-01.", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_delays_nothing_and_keeps_the_order()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using (var engine = await StartAsync())
        {
            var request = Request(Name);
            var settings = new IssuanceSettings { HttpPort = port, HttpAddress = "127.0.0.1" };
            var error = await Assert.ThrowsAsync<EngineException>(
                () => engine.IssueAsync(request with { Settings = settings }, CancellationToken.None));
            Assert.Equal("PortInUse", error.Code);
        }

        Assert.Null((await FindJournalAsync(Name))!.Failure);
        await IssueAsync(Name);
        Assert.Single(Ca.Orders);
    }

    [Fact]
    public async Task A_delay_of_months_is_remembered_as_days()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(31_536_000)));
        await AssertIssueFailsAsync("rateLimited", Name);

        Assert.Equal(Clock.GetUtcNow().AddDays(7), (await FindJournalAsync(Name))!.Failure!.NextTry);
        await IssueWhenAllowedAsync(Name);
    }

    [Fact]
    public async Task The_live_certificate_is_returned_while_its_renewal_is_delayed()
    {
        await StartAsync();
        var live = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(7200)));
        using var engine = NewEngine();
        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));

        Assert.Equal(live.Live.SerialNumber, (await IssueAsync(Name)).Live.SerialNumber);
    }

    [Fact]
    public async Task Failures_in_the_future_are_ignored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        await AssertIssueFailsAsync("dns", Name);
        var journal = (await FindJournalAsync(Name))!;
        await Rack.Orders.SaveAsync(
            journal with
            {
                Failure =
                    journal.Failure! with { At = Clock.GetUtcNow().AddYears(1), NextTry = Clock.GetUtcNow().AddYears(1).AddMinutes(1) },
            }, CancellationToken.None);

        await IssueAsync(Name);
    }

    private async Task<EngineException> AssertDelayedAsync()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        Assert.Equal(("RetryLater", EngineErrorKind.Waiting), (error.Code, error.Kind));
        return error;
    }
}
