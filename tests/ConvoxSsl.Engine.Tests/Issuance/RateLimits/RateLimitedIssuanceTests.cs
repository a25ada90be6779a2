using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance.RateLimits;

/// <summary>Issuances at a CA with known limits: requests that it would reject are not sent.</summary>
public sealed class RateLimitedIssuanceTests : IssuanceTest
{
    private const string Name = "one.example.org";

    public RateLimitedIssuanceTests() => Options = new EngineOptions
    {
        Limits = _ => new CaLimits
        {
            NewOrders = new TokenBucket(300, TimeSpan.FromSeconds(36)),
            RegisteredDomain = new TokenBucket(3, TimeSpan.FromMinutes(202)),
            ExactSet = new TokenBucket(2, TimeSpan.FromHours(34)),
            FailedAuthorizations = new TokenBucket(2, TimeSpan.FromMinutes(12)),
            ExemptsRenewals = true,
            ExemptsReplacements = true,
            Source = new Uri("https://ca.example.org/limits"),
            AsOf = new DateOnly(2026, 11, 24),
        },
    };

    [Fact]
    public async Task Orders_for_the_same_names_stop_at_the_limit()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, OffersRenewalInfo = false });
        await IssueAsync(Name);
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);
        var error =
            await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));

        Assert.Equal(("LimitReached", EngineErrorKind.Limited), (error.Code, error.Kind));
        Assert.Equal(Clock.GetUtcNow().AddHours(34), error.RetryAt!.Value, TimeSpan.FromMinutes(1));
        Assert.Equal(2, Ca.Orders.Count);
        Assert.Null(await FindJournalAsync(Name));
        Clock.Advance(TimeSpan.FromHours(35));
        Assert.Equal(3, (await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None)).LiveVersion);
    }

    [Fact]
    public async Task Declared_replacements_do_not_count()
    {
        await StartAsync();
        await IssueAsync(Name);
        using var engine = NewEngine();
        for (var version = 2; version <= 5; version++)
        {
            Assert.Equal(version, (await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None)).LiveVersion);
        }

        Assert.All(Ca.Orders.Skip(1), o => Assert.NotNull(o.Replaces));
    }

    [Fact]
    public async Task Registered_domain_at_its_limit_is_reported_after_the_remaining_quota()
    {
        await StartAsync();
        foreach (var name in new[] { "a.example.org", "b.example.org", "c.example.org" })
        {
            await IssueAsync(name);
        }

        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync("d.example.org"));
        Assert.Contains("below example.org", error.Message, StringComparison.Ordinal);
        Assert.Contains(Events.All, e => e.Text.Contains("1 of 3 certificates for names below example.org", StringComparison.Ordinal));
        Assert.Equal(3, Ca.Orders.Count);
        await IssueAsync("d.example.net");
    }

    [Fact]
    public async Task Names_with_too_many_failed_validations_are_not_ordered()
    {
        await StartAsync();
        using var engine = NewEngine();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));
        }

        var error =
            await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));
        Assert.Contains("failed validations", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Ca.Orders.Count);
    }

    [Fact]
    public async Task Refusal_for_a_domain_applies_to_its_other_names()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(
            429,
            "rateLimited",
            "too many certificates (50) already issued for \"example.org\" in the last 168h0m0s: see "
                + "https://letsencrypt.org/docs/rate-limits/#new-certificates-per-registered-domain").RetryAfter(7200)));
        await AssertIssueFailsAsync("rateLimited", Name);
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync("two.example.org"));

        Assert.Equal("LimitReached", error.Code);
        Assert.Equal(1, Ca.Count(AcmeResource.NewOrder));
        await IssueAsync("two.example.net");
        using var engine = NewEngine();
        await engine.IssueAsync(Request("two.example.org") with { SkipLimitCheck = true }, CancellationToken.None);
    }
}
