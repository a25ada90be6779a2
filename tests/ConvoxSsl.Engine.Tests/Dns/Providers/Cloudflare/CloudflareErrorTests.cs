using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareErrorTests
{
    [Fact]
    public async Task A_token_and_a_key_are_accepted()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        await fixture.NewProvider().PresentAsync(CloudflareFixture.Records(2), CancellationToken.None);
        await fixture.NewProvider(CloudflareFixture.Key, CloudflareFixture.Email)
            .CleanUpAsync(CloudflareFixture.Records(2), CancellationToken.None);

        Assert.Empty(fixture.Server.AllTxt);
        Assert.Contains(
            fixture.Server.Calls,
            c => c.Headers.TryGetValue("Authorization", out var value) && value == "Bearer " + CloudflareFixture.Token);
        Assert.Contains(fixture.Server.Calls, c => c.Headers.TryGetValue("X-Auth-Key", out var value) && value == CloudflareFixture.Key);
        Assert.All(fixture.Server.Calls, c => Assert.StartsWith("ConvoxSsl/", c.Headers["User-Agent"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cf-test-token-that-nobody-knows-0123456789", null)]
    [InlineData("short", null)]
    [InlineData("", null)]
    [InlineData("with a space in it 01234567890123456789", null)]
    [InlineData(CloudflareFixture.Key, null)]
    [InlineData("wrong-key-wrong-key-wrong-key-wrong", CloudflareFixture.Email)]
    [InlineData(CloudflareFixture.Key, "other@example.org")]
    public async Task An_invalid_credential_is_rejected(string secret, string? email)
    {
        await using var fixture = await CloudflareFixture.StartAsync();

        var error = await fixture.RefusalAsync(fixture.NewProvider(secret, email));

        Assert.Equal(("DnsCredentialsRefused", EngineErrorKind.Denied), (error.Code, error.Kind));
        if (secret.Length > 0)
        {
            Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("expired")]
    public async Task An_inactive_token_is_rejected(string status)
    {
        await using var fixture = await CloudflareFixture.StartAsync(new CloudflareGrant { Status = status });

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Equal(("DnsCredentialsRefused", EngineErrorKind.Denied), (error.Code, error.Kind));
        Assert.Contains("active and has not expired", error.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_used_from_another_address_is_distinguished_from_an_invalid_one()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones")
            .Respond(CloudflareApiResponse.Error(403, 9109, "Cannot use the access token from location: 192.0.2.1")));

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Equal("DnsCredentialsRefused", error.Code);
        Assert.Contains("client IP address filter", error.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_Cloudflare_are_removed()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones")
            .Always().Respond(CloudflareApiResponse.Error(400, 1004, "bad\u001b[2J\r\nrecord")));

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Contains("1004: bad [2J  record", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true, true, "Zone.Zone Read")]
    [InlineData(true, false, false, "Zone.DNS Edit")]
    [InlineData(true, true, false, "Zone.DNS Edit")]
    public async Task A_missing_permission_is_reported(bool zoneRead, bool dnsRead, bool dnsEdit, string permission)
    {
        await using var fixture =
            await CloudflareFixture.StartAsync(new CloudflareGrant { ZoneRead = zoneRead, DnsRead = dnsRead, DnsEdit = dnsEdit });
        var provider = fixture.NewProvider();

        var error = await fixture.RefusalAsync(provider);
        Assert.Equal(("DnsPermissionMissing", EngineErrorKind.Denied), (error.Code, error.Kind));
        Assert.Contains($"Add the permission {permission}", error.Remedy?.Text, StringComparison.Ordinal);

        var many =
            await Assert.ThrowsAsync<EngineException>(() => provider.PresentAsync(CloudflareFixture.Records(50), CancellationToken.None));
        Assert.Equal("DnsPermissionMissing", many.Code);
        Assert.Contains(permission, many.Message, StringComparison.Ordinal);
        Assert.InRange(fixture.Server.WritingCalls.Count, 0, 3);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        Uri url;
        await using (var fixture = await CloudflareFixture.StartAsync())
        {
            url = fixture.Server.BaseUrl;
        }

        var options = new CloudflareOptions { BaseUrl = url, Time = new TestKit.SkippingClock(TimeSpan.FromSeconds(30)), Retries = 2 };
        using var provider = new CloudflareProvider(new CloudflareCredential(null, new DnsSecret(CloudflareFixture.Token)), options);

        var error = await Assert.ThrowsAsync<EngineException>(() => provider.FindZoneAsync("example.org", CancellationToken.None));

        Assert.Equal(("DnsProviderUnreachable", EngineErrorKind.TimedOut), (error.Code, error.Kind));
        Assert.Contains("(3 attempts)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(CloudflareFixture.Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_response_is_unreachable()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones").Always().Do((_, ct) =>
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(31));
            return Task.Delay(Timeout.Infinite, ct);
        }));

        Assert.Equal("DnsProviderUnreachable", (await fixture.RefusalAsync(fixture.NewProvider())).Code);
    }

    [Fact]
    public async Task Other_errors_are_reported_without_the_secret()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("POST", "/dns_records")
            .Respond(CloudflareApiResponse.Error(400, 9005, $"Bad content for {CloudflareFixture.Token}.")));

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Equal(("DnsProviderFailed", EngineErrorKind.InvalidState), (error.Code, error.Kind));
        Assert.Contains("HTTP 400 (Bad Request), 9005: Bad content for ***", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_page_is_not_accepted_as_a_response()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones").Respond(CloudflareApiResponse.Html(200)));

        var error = await fixture.RefusalAsync(fixture.NewProvider());

        Assert.Equal(("DnsProviderFailed", EngineErrorKind.InvalidData), (error.Code, error.Kind));
    }

    [Fact]
    public async Task An_endless_response_is_rejected()
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        fixture.Server.Faults.Add(CloudflareFault.On("GET", "/zones")
            .Respond(new CloudflareApiResponse { Body = new string(' ', 5 * 1024 * 1024) }));

        Assert.Contains("larger than", (await fixture.RefusalAsync(fixture.NewProvider())).Message, StringComparison.Ordinal);
    }
}
