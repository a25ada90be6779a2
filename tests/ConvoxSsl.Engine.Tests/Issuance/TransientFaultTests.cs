using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Transient faults: the engine retries, each time with a new nonce and a new signature.</summary>
public sealed class TransientFaultTests : IssuanceTest
{
    public static TheoryData<AcmeResource> SignedSteps =>
        [
            AcmeResource.NewOrder, AcmeResource.Authorization, AcmeResource.Challenge, AcmeResource.Order, AcmeResource.Finalize,
            AcmeResource.Certificate,
        ];

    [Theory]
    [MemberData(nameof(SignedSteps))]
    public async Task Bad_nonces_are_retried_with_fresh_signatures(AcmeResource step)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Times(15).Problem(400, "badNonce"));
        await IssueAsync("one.example.org");

        Assert.Equal(15 + 1, Ca.Count(step));
        Assert.Equal(0, Ca.Faults.Outstanding);
        AssertNoWaits();
    }

    [Theory]
    [MemberData(nameof(SignedSteps))]
    public async Task Server_errors_are_retried_with_increasing_delays(AcmeResource step)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Times(3).Problem(500, "serverInternal"));
        await IssueAsync("one.example.org");

        Assert.Equal(3 + 1, Ca.Count(step));
        Assert.Collection(
            Retries(),
            delay => Assert.InRange(delay.TotalMilliseconds, 125, 375),
            delay => Assert.InRange(delay.TotalMilliseconds, 250, 750),
            delay => Assert.InRange(delay.TotalMilliseconds, 500, 1500));
    }

    [Theory]
    [InlineData(AcmeResource.NewOrder, 429)]
    [InlineData(AcmeResource.Finalize, 429)]
    [InlineData(AcmeResource.NewOrder, 503)]
    [InlineData(AcmeResource.Certificate, 503)]
    public async Task Retry_After_in_seconds_is_obeyed(AcmeResource step, int status)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Respond(CaResponse.Problem(status, "rateLimited").RetryAfter(7)));
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(step));
        Assert.Equal([TimeSpan.FromSeconds(7)], Retries());
    }

    [Theory]
    [InlineData(AcmeResource.NewOrder, 429)]
    [InlineData(AcmeResource.NewOrder, 503)]
    public async Task Retry_After_as_a_date_is_obeyed(AcmeResource step, int status)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Respond(_ => CaResponse.Html(status).RetryAfter(Clock.GetUtcNow().AddSeconds(42))));
        await IssueAsync("one.example.org");

        // A date has no fractions of a second.
        Assert.InRange(Assert.Single(Retries()).TotalSeconds, 41, 42);
    }

    [Theory]
    [InlineData(AcmeResource.Directory)]
    [InlineData(AcmeResource.NewNonce)]
    [InlineData(AcmeResource.NewAccount)]
    public async Task A_busy_CA_is_retried_before_an_account_exists(AcmeResource step)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(step).Times(2).Respond(CaResponse.Html(503).RetryAfter(5)));
        await IssueAsync("one.example.org");

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)], Retries());
        Assert.Single(Ca.Accounts);
    }

    [Fact]
    public async Task A_lost_response_to_newAccount_finds_the_created_account()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).LoseResponse());
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(AcmeResource.NewAccount));
        var account = await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None);
        Assert.Equal(Assert.Single(Ca.Accounts).Url, account!.Url!.AbsoluteUri);
    }

    [Fact]
    public async Task A_lost_response_to_newOrder_finds_the_order_in_the_order_list()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).LoseResponse());
        var entry = await IssueAsync("one.example.org");

        Assert.Single(Ca.Orders);
        Assert.Equal(1, Ca.Count(AcmeResource.NewOrder));
        Assert.Equal(Assert.Single(Ca.IssuedCertificates).Certificate.SerialNumber, entry.Live.SerialNumber);
    }

    [Fact]
    public async Task A_lost_response_to_newOrder_without_an_order_list_places_another_order()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Account).Change(r => r.Edit(a => a.Remove("orders"))));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).LoseResponse());
        await IssueAsync("one.example.org");

        // The URL of the first order was lost with the response; the order expires at the CA.
        Assert.Equal(["pending", "valid"], Ca.Orders.Select(o => o.Status));
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_slow_CA_is_polled_with_increasing_delays()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(12));
        await IssueAsync("one.example.org");

        var delays = Clock.Waits.TakeLast(12).ToList();
        Assert.Equal(delays.Order(), delays);
        Assert.InRange(delays[^1].TotalSeconds, 2, 5);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_slow_CA_is_polled_after_Retry_After()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RetryAfter = 9, ProcessingPolls = 4 });
        await IssueAsync("one.example.org");

        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(9), 4), Clock.Waits.TakeLast(4));
    }

    [Theory]
    [InlineData(AcmeResource.Challenge)]
    [InlineData(AcmeResource.Finalize)]
    public async Task A_Retry_After_beyond_the_time_limit_is_cut_short_by_one_last_poll(AcmeResource resource)
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ProcessingPolls = 1 });
        Ca.Faults.Add(AcmeFault.On(resource).Change(r => r.RetryAfter(86_400)));
        await IssueAsync("one.example.org");

        Assert.All(Clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, IssueRequest.DefaultTimeout - TimeSpan.FromSeconds(19)));
        Assert.Contains(Clock.Waits, wait => wait > IssueRequest.DefaultTimeout / 2);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_CA_that_asks_for_a_day_and_does_not_finish_is_named_with_the_next_attempt()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RetryAfter = 86_400 });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(20));
        var asked = Clock.GetUtcNow();
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync("one.example.org"));

        Assert.Equal(("OrderTimedOut", EngineErrorKind.TimedOut), (error.Code, error.Kind));
        Assert.Contains("It is processing, and the CA asked to be polled again at 2026-11-25 ", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.RetryAt!.Value, asked.AddDays(1), asked.AddDays(1) + IssueRequest.DefaultTimeout);
        Assert.InRange(Clock.GetUtcNow(), asked, asked + IssueRequest.DefaultTimeout);
        Assert.Equal(error.RetryAt, (await FindJournalAsync("one.example.org"))!.Failure!.NextTry);
    }

    [Fact]
    public async Task A_challenge_is_polled_after_Retry_After()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Change(r => r.RetryAfter(9)));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Change(r => r.RetryAfter(4)));
        await IssueAsync("one.example.org", "two.example.org");

        Assert.Equal([TimeSpan.FromSeconds(9)], Clock.Waits);
    }

    [Fact]
    public async Task A_lost_response_to_finalize_is_recovered_while_the_CA_is_processing()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(3).LoseResponse());
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(AcmeResource.Finalize));
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task Finalize_is_retried_while_the_CA_returns_orderNotReady()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Times(3).Problem(403, "orderNotReady"));
        await IssueAsync("one.example.org");

        Assert.Equal(4, Ca.Count(AcmeResource.Finalize));
        Assert.Single(Ca.Orders);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_missing_nonce_is_replaced_by_newNonce()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Without("Replay-Nonce")));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Change(r => r.Without("Replay-Nonce")));
        var before = Ca.Count(AcmeResource.NewNonce);
        await IssueAsync("one.example.org");

        Assert.Equal(before + 1 + 2, Ca.Count(AcmeResource.NewNonce));
        Assert.Single(Ca.IssuedCertificates);
    }

    private async Task StartWithAccountAsync()
    {
        await StartAsync();
        await CreateAccountAsync();
    }

    /// <summary>The reported delays of retries, without those of polls.</summary>
    private List<TimeSpan> Retries() =>
        [.. Events.All.Where(e =>
            e is { Kind: IssuanceEventKind.Step, Left: not null } && !e.Text.Contains("order ", StringComparison.Ordinal))
                .Select(e => e.Left!.Value)];

    private void AssertNoWaits() => Assert.Empty(Retries());
}
