using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Route53;
using static ConvoxSsl.Route53.Tests.Route53Fixture;

namespace ConvoxSsl.Route53.Tests;

/// <summary>The test server rejects what AWS rejects; the other tests rely on it.</summary>
public class StrictnessTests
{
    private const string Name = "a.example.com.";

    [Theory]
    [InlineData("CREATE", 60, "\"there\"", "already exists")]
    [InlineData("DELETE", 61, "\"there\"", "do not match")]
    [InlineData("DELETE", 60, "\"other\"", "do not match")]
    [InlineData("DELETE", 60, "there", "quotation marks")]
    [InlineData("UPSERT", 60, "unquoted", "quotation marks")]
    public async Task A_batch_that_does_not_match_is_rejected_completely(string action, long ttl, string value, string words)
    {
        await using var fixture = await StartAsync();
        fixture.Server.Put(fixture.Zone, "a.example.com", "TXT", 60, ["\"there\""]);

        var outcome = await ChangeAsync(fixture, new("CREATE", Set("b.example.com.", 60, "\"new\"")), new(action, Set(Name, ttl, value)));

        Assert.Contains(words, outcome.Rejection, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Txt("b.example.com"));
        Assert.Equal(["there"], fixture.Server.Txt("a.example.com"));
    }

    [Fact]
    public async Task Deleting_part_of_a_record_set_or_a_missing_one_is_rejected()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Put(fixture.Zone, "a.example.com", "TXT", 60, ["\"one\"", "\"two\""]);

        Assert.NotNull((await ChangeAsync(fixture, new RecordChange("DELETE", Set(Name, 60, "\"one\"")))).Rejection);
        Assert.NotNull((await ChangeAsync(fixture, new RecordChange("DELETE", Set("gone.example.com.", 60, "\"one\"")))).Rejection);
        Assert.NotNull((await ChangeAsync(fixture, new RecordChange("DELETE", Set(Name, 60, "\"two\"", "\"one\"")))).ChangeId);
    }

    [Fact]
    public async Task Long_strings_and_names_of_other_zones_are_rejected()
    {
        await using var fixture = await StartAsync();

        Assert.Contains(
            "too long",
            (await ChangeAsync(fixture, new RecordChange("CREATE", Set(Name, 60, $"\"{new string('x', 256)}\"")))).Rejection,
            StringComparison.Ordinal);
        Assert.Contains(
            "not permitted in zone",
            (await ChangeAsync(fixture, new RecordChange("CREATE", Set("a.example.net.", 60, "\"x\"")))).Rejection,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE", 1000, 10, null)]
    [InlineData("CREATE", 1001, 10, "1000 exceeded")]
    [InlineData("UPSERT", 501, 10, "1000 exceeded")]
    [InlineData("CREATE", 161, 200, "32000 exceeded")]
    [InlineData("UPSERT", 81, 200, "32000 exceeded")]
    public async Task The_limits_of_a_batch_are_enforced(string action, int records, int length, string? words)
    {
        await using var fixture = await StartAsync();
        var value = $"\"{new string('x', length - 2)}\"";

        var outcome = await ChangeAsync(
            fixture, [.. Enumerable.Range(0, records).Select(i => new RecordChange(action, Set($"h{i}.example.com.", 60, value)))]);

        Assert.Equal(words is null, outcome.ChangeId is not null);
        Assert.Contains(words ?? string.Empty, outcome.Rejection ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_date_that_is_hours_off_is_rejected()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { Time = new SkippingClock() });

        await FailsAsync("DnsCredentialsRefused", () => fixture.Provider().FindZoneAsync("a.example.com", CancellationToken.None));
    }

    private static RecordSet Set(string name, long ttl, params string[] values) => new(name, "TXT", ttl, values);

    private static async Task<ChangeOutcome> ChangeAsync(Route53Fixture fixture, params RecordChange[] changes)
    {
        using var access = new AwsAccess(new Route53Settings { Region = "us-east-1" }, new Route53Options
        {
            AccessKey = new AwsAccessKey(fixture.User.AccessKeyId, fixture.User.SecretAccessKey, null),
            Route53Endpoint = fixture.Server.Url,
            StsEndpoint = fixture.Server.Url,
        });
        return await access.Api.ChangeResourceRecordSetsAsync(fixture.Zone.Id, changes, CancellationToken.None);
    }
}
