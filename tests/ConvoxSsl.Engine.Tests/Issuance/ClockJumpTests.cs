using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>
/// Jumps of this machine's clock by a day or a year, and back. Nothing hangs, nothing is lost, no request is repeated
/// endlessly, and due certificates are detected afterwards. The CA's clock stays correct.
/// </summary>
public sealed class ClockJumpTests : IssuanceTest
{
    private const string Name = "one.example.org";

    public static TheoryData<int> Days => [1, -1, 365, -365];

    [Theory]
    [MemberData(nameof(Days))]
    public async Task An_interrupted_order_is_resumed_or_replaced(int days)
    {
        await StartAsync();
        await InterruptAsync(AcmeResource.Authorization, f => f.Reset());
        Clock.Jump(TimeSpan.FromDays(days));
        await IssueUnderWrongClockAsync(days);

        Assert.Null(await FindJournalAsync(Name));
        Assert.Single(Ca.IssuedCertificates);

        // With a clock that is ahead, the order seems to have expired, so it is replaced.
        Assert.Equal(days == 365 ? 2 : 1, Ca.Orders.Count);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_finished_order_is_downloaded_and_not_repeated(int days)
    {
        await StartAsync();
        await InterruptAsync(AcmeResource.Finalize, f => f.LoseResponse());
        Clock.Jump(TimeSpan.FromDays(days));
        var entry = await IssueUnderWrongClockAsync(days);

        Assert.Single(Ca.Orders);
        Assert.Equal(Assert.Single(Ca.IssuedCertificates).Certificate.SerialNumber, entry.Live.SerialNumber);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_failure_does_not_delay_the_next_attempt_longer(int days)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await AssertIssueFailsAsync("dns", Name);
        Clock.Jump(TimeSpan.FromDays(days));
        await AssertIssueFailsAsync("dns", Name);
        var orders = Ca.Orders.Count;
        Assert.Equal("RetryLater", (await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name))).Code);
        Assert.Equal(orders, Ca.Orders.Count);

        Ca.Faults.Clear();
        Clock.Jump(TimeSpan.FromDays(-days));
        await IssueAsync(Name);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task Retry_After_delays_the_order_until_its_time_and_no_longer(int days)
    {
        await StartAsync();
        Clock.Jump(TimeSpan.FromDays(days));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(7200)));
        await AssertIssueFailsAsync("rateLimited", Name);
        Assert.Equal("RetryLater", (await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name))).Code);
        Clock.Jump(TimeSpan.FromDays(-days));
        Clock.Advance(TimeSpan.FromHours(3));

        await IssueAsync(Name);
        Assert.Equal(2, Ca.Count(AcmeResource.NewOrder));
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task Renewal_advice_is_kept_and_a_due_certificate_is_detected(int days)
    {
        await StartAsync();
        using var engine = NewEngine();
        var entry = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);
        var renewAfter = entry.Live.RenewAfter;
        Clock.Jump(TimeSpan.FromDays(days));
        Assert.Equal(days == 365, engine.Renewals.IsDue(entry));
        for (var run = 0; run < 3; run++)
        {
            entry = await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        }

        Assert.InRange(Ca.Count(AcmeResource.RenewalInfo), 1, 2);
        Clock.Jump(TimeSpan.FromDays(-days));
        Assert.False(engine.Renewals.IsDue(entry));
        Clock.Advance(TimeSpan.FromDays(1));
        entry = await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        Assert.InRange(Ca.Count(AcmeResource.RenewalInfo), 2, 3);
        Assert.Equal(renewAfter, entry.Live.RenewAfter);
        Clock.Advance(renewAfter - Clock.GetUtcNow());
        Assert.True(engine.Renewals.IsDue(entry));
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_certificate_renewed_under_a_wrong_clock_is_not_due_afterwards(int days)
    {
        await StartAsync();
        var id = (await IssueAsync(Name)).Record.Id;
        Clock.Jump(TimeSpan.FromDays(days));
        using var engine = NewEngine();
        Assert.Equal(
            IsUsable(days) ? null : "ClockWrong",
            await FindCodeAsync(() => engine.RenewAsync(id, new RenewalRequest { Force = true }, CancellationToken.None)));
        Clock.Jump(TimeSpan.FromDays(-days));
        var entry = await IssueAsync(Name);

        Assert.Equal(2, entry.LiveVersion);
        Assert.False(engine.Renewals.IsDue(entry));
        Assert.Equal(entry.Live.SerialNumber, (await IssueAsync(Name)).Live.SerialNumber);
        Assert.Equal(2, Ca.Orders.Count);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_limit_reached_under_a_wrong_clock_ends_with_its_window(int days)
    {
        var bucket = new TokenBucket(1, TimeSpan.FromHours(3));
        await StartAsync();
        var limits = new CaLimits { NewOrders = bucket, Source = new Uri("https://ca.example/limits"), AsOf = new DateOnly(2026, 11, 24) };
        using var engine = NewEngine(Options with { Limits = _ => limits });
        Clock.Jump(TimeSpan.FromDays(days));
        await FindCodeAsync(() => engine.IssueAsync(Request(Name), CancellationToken.None));
        var error = await Assert.ThrowsAsync<EngineException>(
            () => engine.IssueAsync(Request("two.example.org"), CancellationToken.None));
        Assert.Equal("LimitReached", error.Code);
        Assert.InRange(error.RetryAt!.Value, Clock.GetUtcNow(), Clock.GetUtcNow() + bucket.Window);
        Clock.Jump(TimeSpan.FromDays(-days));
        Clock.Advance(bucket.Window);

        await engine.IssueAsync(Request("two.example.org"), CancellationToken.None);
        Assert.Equal(2, Ca.Orders.Count);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task An_expiry_is_reported_again_after_a_report_under_a_wrong_clock(int days)
    {
        await StartAsync();
        var entry = await IssueAsync(Name);
        using var engine = NewEngine();
        Clock.Advance(TimeSpan.FromDays(80));
        Clock.Jump(TimeSpan.FromDays(days));
        await engine.Renewals.NotifyExpiryAsync(entry, CancellationToken.None);
        Clock.Jump(TimeSpan.FromDays(-days));
        await engine.Renewals.NotifyExpiryAsync(entry, CancellationToken.None);
        Clock.Advance(TimeSpan.FromHours(24));
        await engine.Renewals.NotifyExpiryAsync(entry, CancellationToken.None);

        Assert.Equal(Clock.GetUtcNow(), (await Rack.Certificates.FindAsync(entry.Record.Id, CancellationToken.None))!.Live.ExpiryNoticed);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_jump_while_the_order_is_polled_changes_nothing(int days)
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ProcessingPolls = 6 });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).After(2).Do(() => Clock.Jump(TimeSpan.FromDays(days))));
        await IssueUnderWrongClockAsync(days);

        Assert.Equal(0, Ca.Faults.Outstanding);
        AssertCalm();
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_jump_during_a_Retry_After_delay_changes_nothing(int days)
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ProcessingPolls = 3, RetryAfter = 9 });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(503, "serverInternal").RetryAfter(20)));
        var jumps = 0;
        Events.OnReport = e =>
        {
            if (e.Left is not null)
            {
                Clock.Jump(TimeSpan.FromDays(days));
                jumps++;
            }
        };
        if (await FindCodeAsync(() => IssueAsync(Name)) is { } code)
        {
            Assert.Equal("ClockWrong", code);
            Events.OnReport = null;
            Clock.Jump(TimeSpan.FromDays(-days * jumps));
            await IssueAsync(Name);
        }

        AssertCalm();
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_jump_after_a_response_causes_no_long_delay(int days)
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ProcessingPolls = 3, RetryAfter = 9 });
        var jumps = 1;
        Events.OnReport = e =>
        {
            if (e.Text.Contains("\"processing\"", StringComparison.Ordinal) && jumps-- > 0)
            {
                Clock.Jump(TimeSpan.FromDays(days));
            }
        };
        if (await FindCodeAsync(() => IssueAsync(Name)) is "OrderTimedOut")
        {
            await FindCodeAsync(() => IssueAsync(Name));
        }

        Clock.Jump(TimeSpan.FromDays(-days));
        await IssueAsync(Name);

        Assert.All(Clock.Waits, w => Assert.InRange(w, TimeSpan.Zero, TimeSpan.FromDays(1)));
        Assert.Single(Ca.Orders);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_jump_while_waiting_for_the_next_attempt_does_not_prevent_issuance(int days)
    {
        await StartAsync();
        await InterruptAsync(AcmeResource.Finalize, f => f.Respond(CaResponse.Html(500)));
        var jumps = 1;
        Events.OnReport = e =>
        {
            if (e.Left is not null && jumps-- > 0)
            {
                Clock.Jump(TimeSpan.FromDays(days));
            }
        };
        using var engine = NewEngine();
        var id = (await FindJournalAsync(Name))!.Certificate.Id;
        Assert.Equal(
            IsUsable(days) ? null : "ClockWrong",
            await FindCodeAsync(() => engine.WaitAsync(id, new RenewalRequest(), CancellationToken.None)));
        Clock.Jump(TimeSpan.FromDays(-days));
        await IssueAsync(Name);

        Assert.All(Clock.Waits, w => Assert.InRange(w, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task Waiting_for_an_attempt_in_a_year_times_out()
    {
        await StartAsync();
        await InterruptAsync(AcmeResource.Finalize, f => f.Respond(CaResponse.Html(503).RetryAfter(31_536_000)));
        using var engine = NewEngine();
        var id = (await FindJournalAsync(Name))!.Certificate.Id;
        var error = await Assert.ThrowsAsync<EngineException>(() => engine.WaitAsync(id, new RenewalRequest(), CancellationToken.None));

        Assert.Equal("OrderTimedOut", error.Code);
        Assert.Contains($"'{Name}' failed at ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("The next run resumes the order.", error.Message, StringComparison.Ordinal);
    }

    private async Task InterruptAsync(AcmeResource step, Func<AcmeFault, AcmeFault> how)
    {
        Ca.Faults.Add(how(AcmeFault.On(step).Always()));
        await Assert.ThrowsAsync<Engine.Acme.AcmeException>(() => IssueAsync(Name));
        Ca.Faults.Clear();
    }

    // A certificate of the test CA began an hour ago and lasts 90 days.
    private static bool IsUsable(int days) => days is > 0 and < 90;

    /// <summary>Issues; if the clock does not allow to use the certificate, corrects it and issues again.</summary>
    private async Task<CertificateEntry> IssueUnderWrongClockAsync(int days)
    {
        if (IsUsable(days))
        {
            return await IssueAsync(Name);
        }

        Assert.Equal("ClockWrong", await FindCodeAsync(() => IssueAsync(Name)));
        Clock.Jump(TimeSpan.FromDays(-days));
        return await IssueAsync(Name);
    }

    /// <summary>Runs an action and returns the code of its error; null if there was none.</summary>
    private static async Task<string?> FindCodeAsync(Func<Task> action) =>
        await Record.ExceptionAsync(action) is { } error ? Assert.IsType<EngineException>(error).Code : null;

    /// <summary>Asserts one order, few polls, and no unnecessary delay.</summary>
    private void AssertCalm()
    {
        Assert.All(Clock.Waits, w => Assert.InRange(w, TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        Assert.InRange(Ca.Count(AcmeResource.Order), 1, 10);
        Assert.Single(Ca.Orders);
        Assert.Single(Ca.IssuedCertificates);
    }
}
