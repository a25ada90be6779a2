using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Issuance.RateLimits;

/// <summary>Refusals of a CA with a retry time: the order is not sent again before.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Page = "see https://letsencrypt.org/docs/rate-limits/";

    private static readonly Uri LetsEncrypt = new("https://acme-v02.api.letsencrypt.org/directory");
    private static readonly Uri PrivateCa = new("https://ca.example/directory");
    private static readonly Uri Account = new("https://ca.example/acct/1");
    private static readonly Uri OtherAccount = new("https://ca.example/acct/2");

    private readonly TemporaryDirectory _home = new();
    private readonly SkippingClock _clock = new();
    private readonly LocalRack _rack;
    private readonly OrderLimits _limits;

    public RefusalTests()
    {
        _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        _limits = new OrderLimits(new IssuanceContext(_rack, _clock, new RecordedEvents()));
    }

    public Task InitializeAsync() => _rack.PrepareAsync(default);

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(
        "too many new orders (300) from this account in the last 3h0m0s, retry after 2026-11-24 17:00:00 UTC: "
            + $"{Page}#new-orders-per-account", "x.net", true, false)]
    [InlineData(
        "too many certificates (50) already issued for \"example.org\" in the last 168h0m0s: "
            + $"{Page}#new-certificates-per-registered-domain", "x.example.org", true, true)]
    [InlineData(
        "too many certificates (50) already issued for \"example.org\" in the last 168h0m0s: "
            + $"{Page}#new-certificates-per-registered-domain", "x.net", false, false)]
    [InlineData(
        $"too many certificates (5) already issued for this exact set of identifiers: {Page}#new-certificates-per-exact-set-of-identifiers",
        "a.example.org b.example.net",
        true,
        true)]
    [InlineData(
        $"too many certificates (5) already issued for this exact set of hostnames: {Page}#new-certificates-per-exact-set-of-hostnames",
        "a.example.org",
        false,
        false)]
    [InlineData(
        "too many failed authorizations (5) for \"b.example.net\" in the last 1h0m0s: "
            + $"{Page}#authorization-failures-per-identifier-per-account", "b.example.net c.org", true, false)]
    [InlineData(
        "too many failed authorizations (5) for \"b.example.net\" in the last 1h0m0s: "
            + $"{Page}#authorization-failures-per-hostname-per-account", "a.example.org", false, false)]
    [InlineData("slow down", "a.example.org b.example.net", true, true)]
    [InlineData("slow down", "a.example.org", false, false)]
    public async Task Refusal_applies_to_the_limit_that_the_CA_links_to(string detail, string names, bool waits, bool whateverAccount)
    {
        await RefuseAsync(LetsEncrypt, detail, "a.example.org b.example.net");

        await AssertAsync(waits, LetsEncrypt, Account, OrderKind.New, names);
        await AssertAsync(waits && whateverAccount, LetsEncrypt, OtherAccount, OrderKind.New, names);
        await AssertAsync(false, PrivateCa, Account, OrderKind.New, names);
        _clock.Advance(TimeSpan.FromHours(5));
        await AssertAsync(false, LetsEncrypt, Account, OrderKind.New, names);
    }

    [Fact]
    public async Task Refusal_is_reported_with_the_detail_and_retry_time()
    {
        await RefuseAsync(PrivateCa, "slow down.", "a.example.org");

        var error = await Assert.ThrowsAsync<EngineException>(() =>
            _limits.RequireQuotaAsync(PrivateCa, Account, Names("a.example.org"), OrderKind.Replacement, default));
        Assert.Equal(
            "The CA at ca.example refused an order for a.example.org at 2026-11-24 12:00:00 UTC: slow down. "
                + "It accepts the next one at 2026-11-24 17:00:00 UTC, so the order is not sent.",
            error.Message);
        Assert.Equal("LimitReached", error.Remedy!.Key);
        Assert.Equal(_clock.GetUtcNow().AddHours(5), error.RetryAt);
    }

    [Theory]
    [InlineData("#new-certificates-per-exact-set-of-identifiers", false)]
    [InlineData("", true)]
    public async Task Replacement_is_blocked_only_by_a_refusal_without_a_limit(string anchor, bool waits)
    {
        await RefuseAsync(LetsEncrypt, $"too many: {Page}{anchor}", "a.example.org");
        await AssertAsync(waits, LetsEncrypt, Account, OrderKind.Replacement, "a.example.org");
    }

    [Fact]
    public async Task Latest_refusal_replaces_an_earlier_one()
    {
        await RefuseAsync(PrivateCa, "slow down", "a.example.org");
        _clock.Advance(TimeSpan.FromHours(1));
        await RefuseAsync(PrivateCa, "slow down", "a.example.org");

        Assert.Equal(_clock.GetUtcNow().AddHours(5), Assert.Single((await _rack.Limits.ReadAsync(default)).Refusals).Until);
    }

    [Fact]
    public async Task Refused_name_is_found_in_subproblems()
    {
        var problem = AcmeProblem.Create("rateLimited", $"{Page}#authorization-failures-per-identifier-per-account") with
        {
            Subproblems =
                [AcmeProblem.Create("rateLimited", "too many") with { Identifier = AcmeIdentifier.FromName(Names("b.example.net")[0]) }],
        };
        await _limits.RecordRefusalAsync(
            LetsEncrypt,
            Account,
            Names("a.example.org b.example.net"),
            new AcmeException(problem, LetsEncrypt, _clock.GetUtcNow().AddHours(1)),
            default);

        await AssertAsync(true, LetsEncrypt, Account, OrderKind.New, "b.example.net");
        await AssertAsync(false, LetsEncrypt, Account, OrderKind.New, "a.example.org");
    }

    [Fact]
    public async Task Refusal_without_a_name_applies_to_the_same_set_only()
    {
        await RefuseAsync(LetsEncrypt, $"too many: {Page}#new-certificates-per-registered-domain", "a.example.org b.example.net");
        await AssertAsync(true, LetsEncrypt, Account, OrderKind.New, "b.example.net a.example.org");
        await AssertAsync(false, LetsEncrypt, Account, OrderKind.New, "a.example.org");
    }

    [Fact]
    public async Task Other_errors_and_refusals_without_a_retry_time_are_not_recorded()
    {
        await _limits.RecordRefusalAsync(
            PrivateCa,
            Account,
            Names("a.example.org"),
            new AcmeException(AcmeProblem.Create("unauthorized", "no"), PrivateCa, _clock.GetUtcNow().AddHours(1)),
            default);
        await _limits.RecordRefusalAsync(
            PrivateCa, Account, Names("a.example.org"), new AcmeException(AcmeProblem.Create("rateLimited", "no"), PrivateCa), default);
        Assert.Empty((await _rack.Limits.ReadAsync(default)).Refusals);
    }

    [Fact]
    public async Task Long_details_are_truncated_and_large_sets_are_hashed()
    {
        var names = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"{new string('a', 50)}{i}.example.org"));
        await RefuseAsync(PrivateCa, new string('x', 100_000), names);

        Assert.True(new FileInfo(Path.Combine(_rack.Location, "limits.json")).Length < 2000);
        await AssertAsync(true, PrivateCa, Account, OrderKind.New, string.Join(' ', names.Split(' ').Reverse()));
    }

    private Task RefuseAsync(Uri ca, string detail, string names) =>
        _limits.RecordRefusalAsync(
            ca,
            Account,
            Names(names),
            new AcmeException(AcmeProblem.Create("rateLimited", detail), ca, _clock.GetUtcNow().AddHours(5)),
            default);

    private async Task AssertAsync(bool waits, Uri ca, Uri account, OrderKind kind, string names)
    {
        var thrown = await Record.ExceptionAsync(() => _limits.RequireQuotaAsync(ca, account, Names(names), kind, default));
        Assert.Equal(waits, thrown is EngineException { Code: "LimitReached", Kind: EngineErrorKind.Limited });
        Assert.Equal(waits, thrown is not null);
    }

    private static CertificateNameSet Names(string names) => CertificateNameSet.Parse(names.Split(' '));
}
