using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Failures that do not end an order: it stays in the journal, and the next run resumes it.</summary>
public sealed class InterruptedOrderTests : IssuanceTest
{
    private const string Name = "one.example.org";

    public static TheoryData<AcmeResource> StepsOfAnOrder =>
        [AcmeResource.Authorization, AcmeResource.Challenge, AcmeResource.Order, AcmeResource.Finalize, AcmeResource.Certificate];

    [Theory]
    [MemberData(nameof(StepsOfAnOrder))]
    public async Task A_CA_that_stays_down_is_one_error_and_the_order_is_resumed(AcmeResource step)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(step).Always().Respond(CaResponse.Html(500)));
        var error = await Assert.ThrowsAsync<AcmeException>(() => IssueAsync(Name));

        Assert.Equal(500, error.Problem.Status);
        Assert.Equal(5, Ca.Count(step));
        Ca.Faults.Clear();
        await AssertResumedAsync(Name);
    }

    [Theory]
    [MemberData(nameof(StepsOfAnOrder))]
    public async Task A_rate_limit_names_the_next_attempt_and_the_order_is_resumed(AcmeResource step)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(step).Always().Respond(CaResponse.Problem(429, "rateLimited", "too many").RetryAfter(3600)));
        var error = await AssertIssueFailsAsync("rateLimited", Name);

        Assert.Equal(1, Ca.Count(step));
        Assert.Equal(Clock.GetUtcNow().AddHours(1), error.RetryAt!.Value, TimeSpan.FromMinutes(1));
        Assert.Contains($"Next attempt at {error.RetryAt.Value:yyyy-MM-dd HH:mm}", error.Message, StringComparison.Ordinal);
        Ca.Faults.Clear();
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task A_rate_limit_without_a_time_is_not_retried()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().Problem(429, "rateLimited"));
        await AssertIssueFailsAsync("rateLimited", Name);

        Assert.Equal(1, Ca.Count(AcmeResource.NewOrder));
    }

    [Fact]
    public async Task A_rate_limit_on_new_orders_keeps_the_key_for_the_next_run()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(429, "rateLimited").RetryAfter(3600)));
        await AssertIssueFailsAsync("rateLimited", Name);
        var key = await ReadJournaledKeyAsync(Name);
        await IssueWhenAllowedAsync(Name);

        Assert.Equal(key, Assert.Single(Ca.IssuedCertificates).Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task Endless_bad_nonces_are_one_error_and_the_order_is_resumed()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Problem(400, "badNonce"));
        await AssertIssueFailsAsync("badNonce", Name);

        Assert.Equal(21, Ca.Count(AcmeResource.Finalize));
        Ca.Faults.Clear();
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task Endless_processing_times_out_and_the_order_is_resumed()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RetryAfter = 60 });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(20));
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));

        Assert.Equal(("OrderTimedOut", EngineErrorKind.TimedOut), (error.Code, error.Kind));
        await AssertResumedAsync(Name);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Theory]
    [MemberData(nameof(StepsOfAnOrder))]
    public async Task Cancellation_removes_the_key_authorization_and_the_order_is_resumed(AcmeResource step)
    {
        await StartAsync();
        using var stop = new CancellationTokenSource();
        Ca.Faults.Add(AcmeFault.On(step).Do(async (_, ended) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, ended);
        }));
        using (var engine = NewEngine())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.IssueAsync(Request(Name), stop.Token));
        }

        Assert.Empty((await FindJournalAsync(Name))!.Published);
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task A_renewal_resumes_the_order_of_a_first_certificate()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await AssertIssueFailsAsync("unreachable", Name);
        Ca.Faults.Clear();
        var id = (await FindJournalAsync(Name))!.Certificate.Id;
        using var engine = NewEngine();
        var entry = await engine.RenewAsync(id, new RenewalRequest(), CancellationToken.None);

        Assert.Equal((id, 1), (entry.Record.Id, entry.LiveVersion));
        Assert.Single(Ca.Orders);
    }

    [Fact]
    public async Task An_interrupted_renewal_keeps_the_live_version_and_is_resumed()
    {
        await StartAsync();
        var before = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Always().Respond(CaResponse.Html(500)));
        using var engine = NewEngine();
        await Assert.ThrowsAsync<AcmeException>(
            () => engine.RenewAsync(before.Record.Id, new RenewalRequest { Force = true }, CancellationToken.None));
        Assert.Equal(1, (await Rack.Certificates.FindAsync(before.Record.Id, CancellationToken.None))!.LiveVersion);

        Ca.Faults.Clear();
        await WaitUntilAllowedAsync(Name);
        var after = await engine.RenewAsync(before.Record.Id, new RenewalRequest(), CancellationToken.None);
        Assert.Equal(2, after.LiveVersion);
        Assert.Equal(2, Ca.Orders.Count);
        Assert.Equal(Ca.IssuedCertificates[1].Certificate.SerialNumber, after.Live.SerialNumber);
    }

    [Fact]
    public async Task A_published_key_authorization_is_journaled_before_the_challenge_request()
    {
        await StartAsync();
        IReadOnlyList<KeyAuthorization> published = [];
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Do(async (_, _) => published = (await FindJournalAsync(Name))!.Published));
        await IssueAsync(Name);

        Assert.Equal(Name, Assert.Single(published).Name);
    }

    [Fact]
    public async Task An_expired_order_is_not_resumed()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await AssertIssueFailsAsync("unreachable", Name);
        Ca.Faults.Clear();
        Clock.Advance(TimeSpan.FromDays(8));
        await IssueAsync(Name);

        Assert.Equal(["invalid", "valid"], Ca.Orders.Select(o => o.Status));
        Assert.Null(await FindJournalAsync(Name));
    }

    [Fact]
    public async Task A_forgotten_order_is_created_again()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Reset());
        await AssertIssueFailsAsync("unreachable", Name);
        Ca.Faults.Clear();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Problem(404, "malformed", "no such order"));
        await IssueAsync(Name);

        Assert.Equal(2, Ca.Orders.Count);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task An_order_waits_for_the_domain_owner_over_many_runs()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = _ => ["email-reply-00"] });
        for (var run = 0; run < 3; run++)
        {
            var pending = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
            Assert.Equal(("ValidationPending", EngineErrorKind.Waiting), (pending.Code, pending.Kind));
            Assert.Contains("email-reply-00", (await FindJournalAsync(Name))!.WaitsFor, StringComparison.Ordinal);
        }

        Ca.MakeValid(Name);
        await AssertResumedAsync(Name);
        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
    }

    [Fact]
    public async Task An_owner_who_declines_is_one_error_and_no_second_order()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = _ => ["email-reply-00"] });
        await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        Ca.MakeInvalid(Name, new CaProblem { Type = "unauthorized", Detail = "the owner said no", Status = 403 });
        var error = await AssertIssueFailsAsync("unauthorized", Name);

        Assert.Contains("the owner said no", error.Message, StringComparison.Ordinal);
        Assert.Single(Ca.Orders);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: true, Failure.Code: "AcmeProblem.unauthorized" });
    }

    [Fact]
    public async Task Other_names_are_validated_while_an_owner_has_to_act()
    {
        await StartAsync(
            new AcmeTestServerOptions
            {
                AcceptsAllChallenges = true,
                Challenges = name => name == Name ? ["email-reply-00"] : ["http-01"],
            });
        var pending = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name, "two.example.org"));

        Assert.Contains(Name, pending.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two.example.org", pending.Message, StringComparison.Ordinal);
        Assert.Equal(["pending", "valid"], Ca.Authorizations.Select(a => a.Status));
        Ca.MakeValid(Name);
        await AssertResumedAsync(Name, "two.example.org");
    }
}
