using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Issuance.RateLimits;

/// <summary>Rate-limit checks after earlier orders, certificates and refusals.</summary>
public sealed class OrderLimitsTests : IAsyncLifetime
{
    private static readonly Uri Ca = new("https://acme-v02.api.letsencrypt.org/directory");
    private static readonly Uri Account = new("https://acme-v02.api.letsencrypt.org/acme/acct/1");
    private static readonly Uri OtherAccount = new("https://acme-v02.api.letsencrypt.org/acme/acct/2");
    private static readonly Uri PrivateCa = new("https://ca.example/directory");

    private readonly TemporaryDirectory _home = new();
    private readonly SkippingClock _clock = new();
    private readonly RecordedEvents _events = new();
    private readonly LocalRack _rack;
    private readonly OrderLimits _limits;

    public OrderLimitsTests()
    {
        _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        _limits = new OrderLimits(new IssuanceContext(_rack, _clock, _events));
    }

    private string File => Path.Combine(_rack.Location, "limits.json");

    public Task InitializeAsync() => _rack.PrepareAsync(default);

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Sixth_certificate_for_the_same_names_waits_for_a_refill()
    {
        for (var i = 0; i < 5; i++)
        {
            await RequireAsync("www.example.org", "example.org");
            await _limits.RecordIssuedAsync(Ca, Account, Names("www.example.org", "example.org"), OrderKind.New, default);
        }

        var error = await AssertReachedAsync(Account, OrderKind.New, "EXAMPLE.org", "www.example.org");
        Assert.Equal((EngineErrorKind.Limited, "example.org"), (error.Kind, error.Value));
        Assert.Equal(_clock.GetUtcNow().AddHours(34), error.RetryAt);
        Assert.Contains(
            "exactly example.org and 1 more, 5 at once and one more every 34 hours (https://letsencrypt.org/docs/rate-limits/)",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("possible at 2026-11-25 22:00:00 UTC", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ("LimitReached.ExactSet.Trial", "letsencrypt-staging"), (error.Remedy!.Key, Assert.Single(error.Remedy.Arguments)));
        await AssertReachedAsync(OtherAccount, OrderKind.Renewal, "example.org", "www.example.org");
        await RequireAsync("www.example.org");

        _clock.Advance(TimeSpan.FromHours(34));
        await RequireAsync("www.example.org", "example.org");
    }

    [Fact]
    public async Task Certificates_count_per_registered_domain_across_accounts()
    {
        for (var i = 0; i < 50; i++)
        {
            await _limits.RecordIssuedAsync(Ca, Account, Names($"a{i}.example.co.uk", $"b{i}.example.co.uk"), OrderKind.New, default);
        }

        var error = await AssertReachedAsync(OtherAccount, OrderKind.New, "www.example.org", "*.new.example.co.uk");
        Assert.Contains("names below example.co.uk", error.Message, StringComparison.Ordinal);
        await RequireAsync("www.other.co.uk");
        await RequireAsync(OrderKind.Renewal, "new.example.co.uk");
        await RequireAsync("a1.example.co.uk", "b1.example.co.uk");
    }

    [Fact]
    public async Task Renewal_counts_only_towards_the_exact_set()
    {
        await IssueAsync(OrderKind.New, "www.example.org");
        await IssueAsync(OrderKind.New, "www.example.org");
        await IssueAsync(OrderKind.Renewal, "www.example.org");

        Assert.Equal(
            "299 of 300 new orders of the account; 49 of 50 certificates for names below example.org; 5 of 5 certificates for exactly "
                + "new.example.org; 5 of 5 failed validations of new.example.org", await DescribeRemainingAsync("new.example.org"));
        Assert.Equal(
            "2 of 5 certificates for exactly www.example.org; 5 of 5 failed validations of www.example.org",
            await DescribeRemainingAsync("www.example.org"));
    }

    [Fact]
    public async Task Replacement_is_exempt_from_published_limits()
    {
        await IssueAsync(OrderKind.Replacement, "www.example.org");
        Assert.False(System.IO.File.Exists(File));

        for (var i = 0; i < 5; i++)
        {
            await IssueAsync(OrderKind.New, "www.example.org");
        }

        await AssertReachedAsync(Account, OrderKind.New, "www.example.org");
        await RequireAsync(OrderKind.Replacement, "www.example.org");
    }

    [Fact]
    public async Task New_orders_count_per_account()
    {
        await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(i => _limits.RecordOrderAsync(Ca, Account, Names($"www.example{i}.org"), OrderKind.New, default)));

        var error = await AssertReachedAsync(Account, OrderKind.New, "www.example.org");
        Assert.Equal(_clock.GetUtcNow().AddSeconds(36), error.RetryAt);
        await _limits.RequireQuotaAsync(Ca, OtherAccount, Names("www.example.org"), OrderKind.New, default);
    }

    [Fact]
    public async Task Failed_validations_count_per_name_and_account()
    {
        for (var i = 0; i < 5; i++)
        {
            await _limits.RecordFailedValidationAsync(Ca, Account, ["www.example.org"], default);
        }

        var error = await AssertReachedAsync(Account, OrderKind.Renewal, "ok.example.org", "*.www.example.org");
        Assert.Contains("failed validations of www.example.org", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("LimitReached.FailedAuthorizations", error.Remedy!.Key, StringComparison.Ordinal);
        await _limits.RequireQuotaAsync(Ca, OtherAccount, Names("www.example.org"), OrderKind.New, default);
        _clock.Advance(TimeSpan.FromMinutes(12));
        await RequireAsync("www.example.org");
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", "203.0.113.8")]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:2::/64", "2001:db8:1:3::7")]
    [InlineData("github.io", "github.io", "example.github.io")]
    [InlineData("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn", "xn--55qx5d.cn")]
    public async Task Addresses_and_public_suffixes_count_as_their_own_domain(string name, string domain, string other)
    {
        await _limits.RecordIssuedAsync(Ca, Account, Names(name), OrderKind.New, default);
        Assert.Contains(domain, (await _rack.Limits.ReadAsync(default)).Uses.Select(u => u.Subject));
        Assert.Contains("50 of 50 certificates for names below", await DescribeRemainingAsync(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CA_without_known_limits_has_no_records()
    {
        await _limits.RecordOrderAsync(PrivateCa, Account, Names("www.example.org"), OrderKind.New, default);
        await _limits.RecordIssuedAsync(PrivateCa, Account, Names("www.example.org"), OrderKind.New, default);
        await _limits.RecordFailedValidationAsync(PrivateCa, Account, ["www.example.org"], default);
        await _limits.RequireQuotaAsync(PrivateCa, Account, Names("www.example.org"), OrderKind.New, default);

        Assert.False(System.IO.File.Exists(File));
        Assert.Empty(_events.All);
    }

    [Fact]
    public async Task Expired_records_are_removed_on_the_next_write()
    {
        await IssueAsync(OrderKind.New, "www.example.org");
        _clock.Advance(TimeSpan.FromHours(35));
        await IssueAsync(OrderKind.New, "www.example.net");

        Assert.DoesNotContain("example.org", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-366)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(366)]
    public async Task Records_from_a_wrong_clock_are_ignored(int days)
    {
        _clock.Advance(TimeSpan.FromDays(400));
        for (var i = 0; i < 5; i++)
        {
            await IssueAsync(OrderKind.New, "www.example.org");
        }

        await _limits.RecordRefusalAsync(Ca, Account, Names("ftp.example.org"), Refused("no"), default);
        _clock.Advance(TimeSpan.FromDays(days));
        if (days == 1)
        {
            await AssertReachedAsync(Account, OrderKind.New, "www.example.org");
            return;
        }

        await RequireAsync("www.example.org");
        await RequireAsync("ftp.example.org");
    }

    [Fact]
    public async Task Remaining_quota_is_reported_before_an_order()
    {
        await RequireAsync("www.example.org");
        var warning = Assert.Single(_events.All);
        Assert.Equal(IssuanceEventKind.Detail, warning.Kind);
        Assert.Contains("300 of 300 new orders", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corrupt_records_are_a_warning_and_block_no_order()
    {
        await System.IO.File.WriteAllTextAsync(File, "{");
        await RequireAsync("www.example.org");
        Assert.Contains("limits.json", Assert.Single(_events.Warnings), StringComparison.Ordinal);
        Assert.StartsWith("Delete it", Assert.Single(_events.Remedies)?.Text, StringComparison.Ordinal);

        await IssueAsync(OrderKind.New, "www.example.org");
        Assert.Equal(2, _events.Warnings.Count);
        Assert.Contains("4 of 5 certificates for exactly", await DescribeRemainingAsync("www.example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_cannot_be_written_are_a_warning()
    {
        Directory.CreateDirectory(File);
        await IssueAsync(OrderKind.New, "www.example.org");
        Assert.NotEmpty(_events.Warnings);
    }

    private async Task IssueAsync(OrderKind kind, params string[] names)
    {
        await _limits.RecordOrderAsync(Ca, Account, Names(names), kind, default);
        await _limits.RecordIssuedAsync(Ca, Account, Names(names), kind, default);
    }

    private Task RequireAsync(params string[] names) => RequireAsync(OrderKind.New, names);

    private Task RequireAsync(OrderKind kind, params string[] names) => _limits.RequireQuotaAsync(Ca, Account, Names(names), kind, default);

    private async Task<EngineException> AssertReachedAsync(Uri account, OrderKind kind, params string[] names)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => _limits.RequireQuotaAsync(Ca, account, Names(names), kind, default));
        Assert.Equal("LimitReached", error.Code);
        return error;
    }

    private async Task<string> DescribeRemainingAsync(string name) =>
        OrderLimits.Describe(await _limits.FindQuotasAsync(Ca, Account, Names(name), OrderKind.New, default));

    private AcmeException Refused(string detail) => new(AcmeProblem.Create("rateLimited", detail), Ca, _clock.GetUtcNow().AddHours(5));

    private static CertificateNameSet Names(params string[] names) => CertificateNameSet.Parse(names);
}
