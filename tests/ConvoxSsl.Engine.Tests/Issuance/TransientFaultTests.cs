using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Transient faults: the engine retries, each time with a new nonce and a new signature.</summary>
public sealed class TransientFaultTests : IssuanceTest
{
    public static TheoryData<AcmeResource> SignedSteps =>
        [AcmeResource.NewOrder, AcmeResource.Authorization, AcmeResource.Challenge, AcmeResource.Order, AcmeResource.Finalize, AcmeResource.Certificate];

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
    public async Task Server_errors_are_retried_after_growing_delays(AcmeResource step)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Times(3).Problem(500, "serverInternal"));
        await IssueAsync("one.example.org");

        Assert.Equal(3 + 1, Ca.Count(step));
        Assert.Collection(
            Retries(),
            pause => Assert.InRange(pause.TotalMilliseconds, 125, 375),
            pause => Assert.InRange(pause.TotalMilliseconds, 250, 750),
            pause => Assert.InRange(pause.TotalMilliseconds, 500, 1500));
    }

    [Theory]
    [InlineData(AcmeResource.NewOrder, 429)]
    [InlineData(AcmeResource.Finalize, 429)]
    [InlineData(AcmeResource.NewOrder, 503)]
    [InlineData(AcmeResource.Certificate, 503)]
    public async Task Retry_after_in_seconds_is_honoured(AcmeResource step, int status)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Answer(AcmeReply.Problem(status, "rateLimited").RetryAfter(7)));
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(step));
        Assert.Equal([TimeSpan.FromSeconds(7)], Retries());
    }

    [Theory]
    [InlineData(AcmeResource.NewOrder, 429)]
    [InlineData(AcmeResource.NewOrder, 503)]
    public async Task Retry_after_as_a_date_is_honoured(AcmeResource step, int status)
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(step).Answer(_ => AcmeReply.Html(status).RetryAfter(Clock.GetUtcNow().AddSeconds(42))));
        await IssueAsync("one.example.org");

        // A date has no fractions of a second.
        Assert.InRange(Assert.Single(Retries()).TotalSeconds, 41, 42);
    }

    [Theory]
    [InlineData(AcmeResource.Directory)]
    [InlineData(AcmeResource.NewNonce)]
    [InlineData(AcmeResource.NewAccount)]
    public async Task A_busy_ca_is_waited_for_before_there_is_an_account(AcmeResource step)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(step).Times(2).Answer(AcmeReply.Html(503).RetryAfter(5)));
        await IssueAsync("one.example.org");

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)], Retries());
        Assert.Single(Ca.Accounts);
    }

    [Fact]
    public async Task A_lost_answer_to_new_account_finds_the_account_that_was_made()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).ResetAfterwards());
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(AcmeResource.NewAccount));
        var account = await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None);
        Assert.Equal(Assert.Single(Ca.Accounts).Url, account!.Url!.AbsoluteUri);
    }

    [Fact]
    public async Task A_lost_answer_to_new_order_is_looked_for_in_the_list_of_the_ca()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).ResetAfterwards());
        var entry = await IssueAsync("one.example.org");

        Assert.Single(Ca.Orders);
        Assert.Equal(1, Ca.Count(AcmeResource.NewOrder));
        Assert.Equal(Assert.Single(Ca.IssuedCertificates).Certificate.SerialNumber, entry.Live.SerialNumber);
    }

    [Fact]
    public async Task A_lost_answer_to_new_order_of_a_ca_without_a_list_ends_in_a_certificate_all_the_same()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Account).Change(r => r.Edit(a => a.Remove("orders"))));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).ResetAfterwards());
        await IssueAsync("one.example.org");

        // The URL of the first order went down with its answer; the CA lets it expire.
        Assert.Equal(["pending", "valid"], Ca.Orders.Select(o => o.Status));
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_slow_ca_is_polled_with_growing_pauses_until_it_is_done()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(12));
        await IssueAsync("one.example.org");

        var pauses = Clock.Waits.TakeLast(12).ToList();
        Assert.Equal(pauses.Order(), pauses);
        Assert.InRange(pauses[^1].TotalSeconds, 2, 5);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_slow_ca_is_polled_when_it_asks_for_it()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RetryAfter = 9, ProcessingPolls = 4 });
        await IssueAsync("one.example.org");

        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(9), 4), Clock.Waits.TakeLast(4));
    }

    [Fact]
    public async Task The_outcome_of_a_challenge_is_read_after_retry_after()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Change(r => r.RetryAfter(9)));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Change(r => r.RetryAfter(4)));
        await IssueAsync("one.example.org", "two.example.org");

        Assert.Equal([TimeSpan.FromSeconds(9)], Clock.Waits);
    }

    [Fact]
    public async Task A_lost_answer_to_finalize_is_found_out_while_the_ca_is_still_at_work()
    {
        await StartWithAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(3).ResetAfterwards());
        await IssueAsync("one.example.org");

        Assert.Equal(2, Ca.Count(AcmeResource.Finalize));
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task A_part_of_the_ca_that_lags_behind_is_asked_again_to_finalize()
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
        await MakeAccountAsync();
    }

    /// <summary>The reported waits for retries, without those for polls.</summary>
    private List<TimeSpan> Retries() =>
        [.. Events.All.Where(e =>
            e is { Kind: IssuanceEventKind.Step, Left: not null } && !e.Text.Contains("order ", StringComparison.Ordinal))
                .Select(e => e.Left!.Value)];

    private void AssertNoWaits() => Assert.Empty(Retries());
}
