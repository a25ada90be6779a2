using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareCheckTests
{
    private static readonly string[] AllSteps = ["Credential", "Zone", "Reading records", "Writing records"];

    [Fact]
    public async Task All_checks_pass_with_a_valid_token_and_change_nothing()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.AddRecord("example.org", "\"theirs\"");

        var checks = await RunAsync(fixture.NewProvider());

        Assert.Equal(AllSteps, checks.Select(c => c.Check));
        Assert.All(checks, c => Assert.True(c.Passed && c.Remedy is null, c.Detail));
        Assert.Single(fixture.Server.AllTxt);
    }

    [Fact]
    public async Task All_checks_pass_with_a_global_key()
    {
        await using var fixture = await CloudflareFixture.StartAsync();

        var checks = await RunAsync(fixture.NewProvider(CloudflareFixture.Key, CloudflareFixture.Email));

        Assert.Equal(AllSteps, checks.Select(c => c.Check));
        Assert.All(checks, c => Assert.True(c.Passed, c.Detail));
    }

    [Fact]
    public async Task All_checks_pass_with_an_account_token()
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { IsAccountOwned = true });

        Assert.All(await RunAsync(fixture.NewProvider()), c => Assert.True(c.Passed, c.Detail));
    }

    [Theory]
    [InlineData("cf-test-token-that-nobody-knows-0123456789", null)]
    [InlineData("short", null)]
    [InlineData("wrong-key-wrong-key-wrong-key-wrong", CloudflareFixture.Email)]
    public async Task An_invalid_credential_ends_the_checks(string secret, string? email)
    {
        await using var fixture = await CloudflareFixture.StartAsync();

        var check = Assert.Single(await RunAsync(fixture.NewProvider(secret, email)));

        AssertFailed(check, "Credential", "Zone.DNS Edit", secret);
    }

    [Fact]
    public async Task A_token_with_a_line_break_is_not_sent()
    {
        await using var fixture = await CloudflareFixture.StartAsync();

        var check = Assert.Single(await RunAsync(fixture.NewProvider("line\nbreak-0123456789-0123456789")));

        AssertFailed(check, "Credential", "line breaks", "0123456789");
        Assert.Empty(fixture.Server.Calls);
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("expired")]
    public async Task An_inactive_token_is_reported(string status)
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { Status = status });

        var check = Assert.Single(await RunAsync(fixture.NewProvider()));

        AssertFailed(check, "Credential", "Zone.Zone Read", CloudflareFixture.Token);
        Assert.Contains($"'{status}'", check.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true, true, "Zone", "Zone.Zone Read")]
    [InlineData(true, false, false, "Reading records", "Zone.DNS Edit")]
    [InlineData(true, true, false, "Writing records", "Zone.DNS Edit")]
    public async Task The_missing_permission_is_reported(bool zoneRead, bool dnsRead, bool dnsEdit, string step, string permission)
    {
        foreach (var isAccountOwned in new[] { false, true })
        {
            await using var fixture = await CloudflareFixture.StartAsync(
                new CloudflareGrant { ZoneRead = zoneRead, DnsRead = dnsRead, DnsEdit = dnsEdit, IsAccountOwned = isAccountOwned });

            var checks = await RunAsync(fixture.NewProvider());

            Assert.All(checks.SkipLast(1), c => Assert.True(c.Passed, c.Detail));
            AssertFailed(checks[^1], step, permission, CloudflareFixture.Token);
        }
    }

    [Fact]
    public async Task An_inaccessible_zone_is_reported()
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { Zones = ["example.net"] });

        var checks = await RunAsync(fixture.NewProvider());

        Assert.Equal(2, checks.Count);
        AssertFailed(checks[^1], "Zone", "Zone.Zone Read", CloudflareFixture.Token);
    }

    [Fact]
    public async Task A_pending_zone_is_reported()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.SetStatus("example.org", "pending");

        var checks = await RunAsync(fixture.NewProvider());

        AssertFailed(checks[^1], "Zone", "name servers", CloudflareFixture.Token);
        Assert.Contains("'pending'", checks[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unavailable_API_fails_the_first_check()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On(_ => true).Always().Respond(CloudflareApiResponse.Html(503)));

        AssertFailed(Assert.Single(await RunAsync(fixture.NewProvider())), "Credential", "Try again later", CloudflareFixture.Token);
    }

    private static void AssertFailed(DnsCheck check, string step, string remedy, string secret)
    {
        Assert.Equal((step, false), (check.Check, check.Passed));
        Assert.Contains(remedy, check.Remedy?.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, check.ToString(), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<DnsCheck>> RunAsync(CloudflareProvider provider)
    {
        var checks = new List<DnsCheck>();
        await foreach (var check in provider.CheckAsync("_acme-challenge.example.org", CancellationToken.None))
        {
            checks.Add(check);
        }

        return checks;
    }
}
