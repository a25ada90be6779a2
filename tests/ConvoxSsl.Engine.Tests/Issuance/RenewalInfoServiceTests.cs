using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Renewal information of CAs (RFC 9773), and its effect.</summary>
public sealed class RenewalInfoServiceTests : IssuanceTest
{
    private const string Name = "one.example.org";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task The_renewal_time_is_chosen_once_and_kept()
    {
        await StartAsync();
        var issued = await IssueAsync(Name);
        using var engine = NewEngine();
        var first = await engine.Renewals.RefreshAsync(issued, CancellationToken.None);
        var (start, end) = (first.Live.Advice!.Start!.Value, first.Live.Advice.End!.Value);

        Assert.Equal(first.Live.Advice.RenewAt, first.Live.RenewAfter);
        Assert.InRange(first.Live.RenewAfter, start, end);
        Clock.Advance(Day);
        var second = await engine.Renewals.RefreshAsync(first, CancellationToken.None);
        Assert.Equal(2, Ca.Count(AcmeResource.RenewalInfo));
        Assert.Equal(first.Live.RenewAfter, second.Live.RenewAfter);
        Assert.Equal(second.Live.Advice, (await Rack.Certificates.FindAsync(issued.Record.Id, CancellationToken.None))!.Live.Advice);
    }

    [Fact]
    public async Task Renewal_times_are_spread_over_the_window()
    {
        await StartAsync();
        using var engine = NewEngine();
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < 8; i++)
        {
            times.Add(
                (await engine.Renewals.RefreshAsync(await IssueAsync($"{i}.example.org"), CancellationToken.None)).Live.RenewAfter);
        }

        Assert.Equal(8, times.Distinct().Count());
    }

    [Fact]
    public async Task A_changed_window_changes_the_renewal_time()
    {
        var later = false;
        await StartAsync(
            Windows(c => later ? (Begin(c) + (20 * Day), Begin(c) + (21 * Day)) : (Begin(c) + (50 * Day), Begin(c) + (51 * Day))));
        using var engine = NewEngine();
        var first = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);
        later = true;
        Clock.Advance(Day);
        var second = await engine.Renewals.RefreshAsync(first, CancellationToken.None);

        Assert.InRange(first.Live.RenewAfter, first.Live.NotBefore + (50 * Day), first.Live.NotBefore + (51 * Day));
        Assert.InRange(second.Live.RenewAfter, first.Live.NotBefore + (20 * Day), first.Live.NotBefore + (21 * Day));
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(1, 60)]
    [InlineData(10_000_000, 86400)]
    public async Task Retry_After_is_obeyed_within_bounds(int asked, int kept)
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, RenewalInfoRetryAfter = asked });
        using var engine = NewEngine();
        var entry = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);
        Clock.Advance(TimeSpan.FromSeconds(kept - 10));
        entry = await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        Assert.Equal(1, Ca.Count(AcmeResource.RenewalInfo));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        Assert.Equal(2, Ca.Count(AcmeResource.RenewalInfo));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(60, 59)]
    [InlineData(-2, 5)]
    public async Task An_invalid_window_is_ignored_and_the_last_third_of_the_lifetime_applies(int startDay, int endDay)
    {
        await StartAsync(Windows(c => (Begin(c) + (startDay * Day), Begin(c) + (endDay * Day))));
        using var engine = NewEngine();
        var issued = await IssueAsync(Name);
        var entry = await engine.Renewals.RefreshAsync(issued, CancellationToken.None);

        Assert.Null(entry.Live.Advice!.RenewAt);
        Assert.Equal(issued.Live.RenewAfter, entry.Live.RenewAfter);
        Assert.Equal(entry.Live.Expires - ((entry.Live.Expires - entry.Live.NotBefore) / 3), entry.Live.RenewAfter);
    }

    [Fact]
    public async Task A_certificate_is_due_in_the_last_twentieth_of_its_lifetime()
    {
        await StartAsync(
            Windows(c => (c.NotAfter.ToUniversalTime() - TimeSpan.FromHours(2), c.NotAfter.ToUniversalTime() - TimeSpan.FromHours(1))));
        using var engine = NewEngine();
        var entry = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);

        Assert.Equal(entry.Live.Expires - ((entry.Live.Expires - entry.Live.NotBefore) / 20), entry.Live.RenewAfter);
        Clock.Advance(86 * Day);
        Assert.True(engine.Renewals.IsDue(entry));
    }

    [Fact]
    public async Task A_window_that_ends_before_the_next_run_is_not_missed()
    {
        await StartAsync(Windows(c => (Begin(c) + (50 * Day), Begin(c) + (50 * Day) + TimeSpan.FromHours(3))));
        using var engine = NewEngine();
        var entry = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);
        Clock.Advance(entry.Live.Advice!.Start!.Value - Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        Assert.False(engine.Renewals.IsDue(entry));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(engine.Renewals.IsDue(entry));
    }

    [Fact]
    public async Task A_failing_renewal_info_endpoint_does_not_prevent_renewal()
    {
        await StartAsync();
        using var engine = NewEngine();
        var issued = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.RenewalInfo).Always().Respond(CaResponse.Html(500)));
        var entry = await engine.Renewals.RefreshAsync(issued, CancellationToken.None);

        Assert.Equal(issued.Live.RenewAfter, entry.Live.RenewAfter);
        Clock.Advance(61 * Day);
        Assert.True(engine.Renewals.IsDue(entry));
        Assert.Equal(2, (await engine.RenewAsync(entry.Record.Id, new RenewalRequest(), CancellationToken.None)).LiveVersion);
    }

    [Fact]
    public async Task An_unreachable_CA_is_queried_for_one_certificate_per_run()
    {
        await StartAsync();
        var entries = new[] { await IssueAsync("a.example.org"), await IssueAsync("b.example.org"), await IssueAsync("c.example.org") };
        Ca.Faults.Add(AcmeFault.On(AcmeResource.RenewalInfo).Always().Reset());
        using var engine = NewEngine();
        foreach (var entry in entries)
        {
            await engine.Renewals.RefreshAsync(entry, CancellationToken.None);
        }

        Assert.Equal(5, Ca.Count(AcmeResource.RenewalInfo));
    }

    [Fact]
    public async Task A_CA_without_renewal_information_is_not_queried()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, OffersRenewalInfo = false });
        using var engine = NewEngine();
        var issued = await IssueAsync(Name);
        var entry = await engine.Renewals.RefreshAsync(issued, CancellationToken.None);
        await engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None);

        Assert.Equal(issued.Live.RenewAfter, entry.Live.RenewAfter);
        Assert.Equal(0, Ca.Count(AcmeResource.RenewalInfo));
        Assert.All(Ca.Orders, o => Assert.Null(o.Replaces));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    public async Task A_clock_jump_does_not_stop_the_queries(int days)
    {
        await StartAsync();
        using var engine = NewEngine();
        var entry = await engine.Renewals.RefreshAsync(await IssueAsync(Name), CancellationToken.None);
        var wrong = entry.Live with { Advice = entry.Live.Advice! with { AskAgainAt = entry.Live.Advice.AskAgainAt + (days * Day) } };
        entry = await Rack.Certificates.UpdateAsync(entry with { Versions = [wrong] }, CancellationToken.None);
        await engine.Renewals.RefreshAsync(entry, CancellationToken.None);

        Assert.Equal(2, Ca.Count(AcmeResource.RenewalInfo));
    }

    [Fact]
    public async Task A_revoked_certificate_is_due_without_a_query()
    {
        await StartAsync();
        using var engine = NewEngine();
        var issued = await IssueAsync(Name);
        var revoked = await engine.Certificates.RevokeAsync(
            issued.Record.Id, RevocationReason.Superseded, null, null, CancellationToken.None);
        await engine.Renewals.RefreshAsync(revoked, CancellationToken.None);

        Assert.True(engine.Renewals.IsDue(revoked));
        Assert.Equal(0, Ca.Count(AcmeResource.RenewalInfo));
    }

    private static AcmeTestServerOptions Windows(Func<X509Certificate2, (DateTimeOffset Start, DateTimeOffset End)> window) =>
        new() { AcceptsAllChallenges = true, RenewalWindow = window };

    private static DateTimeOffset Begin(X509Certificate2 certificate) => certificate.NotBefore.ToUniversalTime();
}
