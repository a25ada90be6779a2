using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Waiting for certificates that are being issued.</summary>
public sealed class IssuanceWaitTests : IssuanceTest
{
    private const string Name = "one.example.org";

    private static AcmeTestServerOptions ByMail => new() { AcceptsAllChallenges = true, Challenges = _ => ["email-reply-00"] };

    [Fact]
    public async Task Waits_for_the_domain_owner()
    {
        await StartAsync(ByMail);
        var pending = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        Assert.Contains("until 2026-12-01", pending.Message, StringComparison.Ordinal);
        var polls = 0;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Always().Do(() =>
        {
            if (++polls == 3)
            {
                Ca.MakeValid(Name);
            }
        }));
        using var engine = NewEngine();
        var entry = await engine.WaitAsync((string)pending.Value!, new RenewalRequest(), CancellationToken.None);

        Assert.Equal(1, entry.LiveVersion);
        Assert.Single(Ca.Orders);
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)], Clock.Waits.Where(w => w >= TimeSpan.FromSeconds(5)).Take(2));
    }

    [Fact]
    public async Task Waiting_for_an_idle_owner_times_out()
    {
        await StartAsync(ByMail);
        var pending = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        using var engine = NewEngine();
        var error = await Assert.ThrowsAsync<EngineException>(
            () => engine.WaitAsync((string)pending.Value!, new RenewalRequest(), CancellationToken.None));

        Assert.Equal("OrderTimedOut", error.Code);
        Assert.EndsWith(
            "by email-reply-00, which only the domain's owner can do, until 2026-12-01 12:00:00Z. The next run resumes the order.",
            error.Message,
            StringComparison.Ordinal);
        Assert.True(await FindJournalAsync(Name) is { IsEnded: false, WaitsFor: not null });
    }

    [Fact]
    public async Task An_issued_certificate_is_returned_immediately()
    {
        await StartAsync();
        var entry = await IssueAsync(Name);
        var requests = Ca.Requests.Count;
        using var engine = NewEngine();

        Assert.Equal(entry.Live, (await engine.WaitAsync(entry.Record.Id, new RenewalRequest(), CancellationToken.None)).Live);
        Assert.Equal(requests, Ca.Requests.Count);
    }

    [Fact]
    public async Task A_paused_order_is_an_error_with_the_remedy_of_a_wait()
    {
        await StartAsync(ByMail);
        var pending = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(Name));
        var failure = new IssuanceFailure
        {
            Code = "AcmeProblem.rateLimited",
            Cause = "It is paused.",
            At = Clock.GetUtcNow(),
            Count = 1,
            IsAskedByCa = true,
            HelpUrl = "https://ca.example.org/unpause",
        };
        await Rack.Orders.SaveAsync((await FindJournalAsync(Name))! with { Failure = failure }, CancellationToken.None);
        using var engine = NewEngine();

        var error = await Assert.ThrowsAsync<EngineException>(
            () => engine.WaitAsync((string)pending.Value!, new RenewalRequest(), CancellationToken.None));

        Assert.Equal(("RetryLater", "RetryLater.Wait"), (error.Code, error.Remedy!.Key));
        Assert.Equal([pending.Value], error.Remedy.Arguments);
    }

    [Fact]
    public async Task A_failed_certificate_is_an_error_with_its_cause()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "no such name"));
        await AssertIssueFailsAsync("dns", Name);
        using var engine = NewEngine();
        var error = await Assert.ThrowsAsync<EngineException>(
            () => engine.WaitAsync(Request(Name).Names.ToCertificateId(), new RenewalRequest(), CancellationToken.None));

        Assert.Equal("RetryLater", error.Code);
        Assert.Contains("no such name", error.Message, StringComparison.Ordinal);
    }
}
