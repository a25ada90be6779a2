using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.TestKit.Route53;
using static ConvoxSsl.Route53.Tests.Route53Fixture;

namespace ConvoxSsl.Route53.Tests;

public class RecordTests
{
    private const string Name = "_acme-challenge.www.example.com";
    private const string Change = "route53:ChangeResourceRecordSets";

    [Fact]
    public async Task Two_values_at_one_name_share_a_record_set_until_clean_up()
    {
        await using var fixture = await StartAsync();
        var provider = fixture.Provider();
        TxtRecord[] records = [Record(Name, "first"), Record(Name, "second")];

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.Equal(["first", "second"], fixture.Server.Txt(Name));
        Assert.Equal(60, fixture.Server.Ttl(Name));

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.Empty(fixture.Server.Txt(Name));
        Assert.Null(fixture.Server.Ttl(Name));
        Assert.Equal(2, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task Each_change_of_a_name_is_reported()
    {
        var messages = new List<string>();
        await using var fixture = await StartAsync(new Route53TestServerOptions
        {
            TxtChanged = (name, values) => messages.Add($"{name}: {string.Join(",", values)}"),
        });
        var provider = fixture.Provider();

        await provider.PresentAsync([Record("*.example.com", "ours")], CancellationToken.None);
        await provider.CleanUpAsync([Record("*.example.com", "ours")], CancellationToken.None);

        Assert.Equal(["*.example.com: ours", "*.example.com: "], messages);
    }

    [Fact]
    public async Task Foreign_values_keep_their_TTL()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Put(fixture.Zone, Name, "TXT", 1234, ["\"theirs\"", "\"with \\\"quotes\\\" \\344\" \"and more\""]);
        var provider = fixture.Provider();

        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);
        Assert.Equal(["theirs", "with \"quotes\" äand more", "ours"], fixture.Server.Txt(Name));
        Assert.Equal(1234, fixture.Server.Ttl(Name));

        await provider.CleanUpAsync([Record(Name, "ours")], CancellationToken.None);
        Assert.Equal(["theirs", "with \"quotes\" äand more"], fixture.Server.Txt(Name));
        Assert.Equal(1234, fixture.Server.Ttl(Name));
    }

    [Fact]
    public async Task Existing_and_missing_values_need_no_write()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Put(fixture.Zone, Name, "TXT", 60, ["\"ours\""]);
        var provider = fixture.Provider();

        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);
        await provider.CleanUpAsync([Record(Name, "other"), Record("_acme-challenge.gone.example.com", "other")], CancellationToken.None);

        Assert.Equal(0, fixture.Server.Count(Change));
        Assert.Equal(["ours"], fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task A_hundred_names_need_two_writes_and_few_reads()
    {
        await using var fixture = await StartAsync();
        foreach (var i in Enumerable.Range(0, 50))
        {
            fixture.Server.Put(fixture.Zone, $"host{i}.example.com", "A", 60, ["192.0.2.1"]);
        }

        var provider = fixture.Provider();
        var records = Enumerable.Range(0, 100).Select(i => Record($"_acme-challenge.host{i}.example.com", new string('x', 43))).ToArray();

        await provider.PresentAsync(records, CancellationToken.None);
        Assert.All(records, record => Assert.Equal([record.Value], fixture.Server.Txt(record.Name)));
        Assert.InRange(fixture.Server.Count(Change), 1, 2);

        await provider.CleanUpAsync(records, CancellationToken.None);
        Assert.All(records, record => Assert.Empty(fixture.Server.Txt(record.Name)));
        Assert.InRange(fixture.Server.Count(Change), 2, 4);
        Assert.InRange(fixture.Server.Count("route53:ListResourceRecordSets"), 2, 6);
        Assert.Equal(1, fixture.Server.Count("route53:ListHostedZonesByName"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Reading_many_names_does_not_depend_on_the_size_of_pages(int size)
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { LargestPage = size });
        string[] names =
        [
            "_acme-challenge.example.com",
            "_acme-challenge.a.example.com",
            "_acme-challenge.a-b.example.com",
            "_acme-challenge.x.a.example.com",
            "a.example.com",
        ];
        foreach (var name in names.Skip(1))
        {
            fixture.Server.Put(fixture.Zone, name, "A", 60, ["192.0.2.1"]);
            fixture.Server.Put(fixture.Zone, name, "TXT", 60, [$"\"of {name}\""]);
        }

        await fixture.Provider().PresentAsync([.. names.Select(name => Record(name, "ours"))], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(names[0]));
        Assert.All(names.Skip(1), name => Assert.Equal([$"of {name}", "ours"], fixture.Server.Txt(name)));
        Assert.Equal(1, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task A_batch_over_the_limits_is_split()
    {
        await using var fixture = await StartAsync();
        var records = Enumerable.Range(0, 400)
            .SelectMany(i =>
                new[] { Record(
                    $"_acme-challenge.h{i}.example.com",
                    new string('a', 43)), Record($"_acme-challenge.h{i}.example.com", new string('b', 43)) }).ToArray();

        await fixture.Provider().PresentAsync(records, CancellationToken.None);

        Assert.All(records, record => Assert.Contains(record.Value, fixture.Server.Txt(record.Name)));
        Assert.Equal(2, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task Long_and_odd_values_and_wildcards_are_quoted_and_escaped()
    {
        await using var fixture = await StartAsync();
        var value = "a\"b\\c;" + new string('x', 600);
        var provider = fixture.Provider();

        await provider.PresentAsync([Record("*.example.com", value)], CancellationToken.None);
        Assert.Equal([value], fixture.Server.Txt("*.example.com"));

        await provider.CleanUpAsync([Record("*.example.com", value)], CancellationToken.None);
        Assert.Empty(fixture.Server.Txt("*.example.com"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conflicting_swap_is_retried(bool inOwnDocument)
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { RejectsInOwnDocument = inOwnDocument });
        var provider = fixture.Provider();
        fixture.Server.Faults.Add(AwsFault.On(Change).Do(() => fixture.Server.Put(fixture.Zone, Name, "TXT", 300, ["\"theirs\""])));

        await provider.PresentAsync([Record(Name, "ours")], CancellationToken.None);
        Assert.Equal(["theirs", "ours"], fixture.Server.Txt(Name));

        fixture.Server.Faults.Add(AwsFault.On(Change)
            .Do(() => fixture.Server.Put(fixture.Zone, Name, "TXT", 600, ["\"theirs\"", "\"ours\"", "\"new\""])));
        await provider.CleanUpAsync([Record(Name, "ours")], CancellationToken.None);
        Assert.Equal(["theirs", "new"], fixture.Server.Txt(Name));
        Assert.Equal(4, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task Eight_providers_at_one_name_lose_no_value_and_leave_none()
    {
        await using var fixture = await StartAsync();
        var key = new AwsAccessKey(fixture.User.AccessKeyId, fixture.User.SecretAccessKey, null);
        var providers = Enumerable.Range(0, 8)
            .Select(_ => fixture.Provider(new Route53Settings { Region = "us-east-1" }, key, TimeProvider.System))
            .ToArray();

        await Task.WhenAll(providers.Select((provider, i) => provider.PresentAsync([Record(Name, $"value{i}")], CancellationToken.None)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"value{i}"), fixture.Server.Txt(Name).Order());

        await Task.WhenAll(providers.Select((provider, i) => provider.CleanUpAsync([Record(Name, $"value{i}")], CancellationToken.None)));
        Assert.Empty(fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task Tasks_of_one_provider_do_not_collide()
    {
        await using var fixture = await StartAsync();
        var provider = fixture.Provider();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => provider.PresentAsync([Record(Name, $"value{i}")], CancellationToken.None)));

        Assert.Equal(8, fixture.Server.Txt(Name).Count);
        Assert.Equal(8, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task Present_returns_when_the_change_is_in_sync()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { PendingPolls = 4 });

        await fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(5, fixture.Server.Count("route53:GetChange"));
        Assert.Equal(4, fixture.Clock.Waits.Count);
    }

    [Fact]
    public async Task A_change_that_is_never_in_sync_fails_after_two_minutes()
    {
        await using var fixture = await StartAsync(new Route53TestServerOptions { PendingPolls = int.MaxValue });

        var failure =
            await FailsAsync("DnsProviderFailed", () => fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None));

        Assert.Contains("120 seconds", failure.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(120), fixture.Clock.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait));
    }

    [Fact]
    public async Task Throttling_and_pending_batches_are_retried()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Faults.Add(AwsFault.On(Change).Throttle());
        fixture.Server.Faults.Add(AwsFault.On(Change).PriorRequestNotComplete());
        fixture.Server.Faults.Add(AwsFault.On("route53:GetChange").Error(503, "ServiceUnavailable"));
        fixture.Server.Faults.Add(AwsFault.On("route53:ListHostedZonesByName").Reset());

        await fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(Name));
        Assert.Equal(3, fixture.Server.Count(Change));
    }

    [Fact]
    public async Task A_write_with_a_lost_response_is_not_repeated()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Faults.Add(AwsFault.On(Change).LoseResponse());

        await fixture.Provider().PresentAsync([Record(Name, "ours")], CancellationToken.None);

        Assert.Equal(["ours"], fixture.Server.Txt(Name));
    }

    [Fact]
    public async Task CleanUp_continues_if_one_name_fails()
    {
        await using var fixture = await StartAsync();
        var provider = fixture.Provider();
        var records = Enumerable.Range(0, 9).Select(i => Record($"_acme-challenge.h{i}.example.com", "ours")).ToArray();
        await provider.PresentAsync(records, CancellationToken.None);
        fixture.Server.Put(fixture.Zone, "_acme-challenge.w.example.com", "TXT", 60, ["\"ours\""], "weighted");

        await FailsAsync("DnsZoneNotFound", () => provider.CleanUpAsync(
            [Record("_acme-challenge.www.example.net", "ours"), Record("_acme-challenge.w.example.com", "ours"), .. records],
            CancellationToken.None));
        var failure = await FailsAsync(
            "DnsProviderFailed", () => provider.CleanUpAsync([Record("_acme-challenge.w.example.com", "ours")], CancellationToken.None));

        Assert.Contains("routing policy", failure.Message, StringComparison.Ordinal);
        Assert.All(records, record => Assert.Empty(fixture.Server.Txt(record.Name)));
    }

    [Fact]
    public async Task An_alias_and_a_conflicting_type_at_the_name_are_reported()
    {
        await using var fixture = await StartAsync();
        fixture.Server.Put(fixture.Zone, "alias.example.com", "TXT", null, []);
        fixture.Server.Put(fixture.Zone, "cname.example.com", "CNAME", 60, ["elsewhere.example.net."]);
        var provider = fixture.Provider();

        var alias = await FailsAsync(
            "DnsProviderFailed", () => provider.PresentAsync([Record("alias.example.com", "ours")], CancellationToken.None));
        Assert.Contains("is an alias", alias.Message, StringComparison.Ordinal);

        var conflict = await FailsAsync(
            "DnsProviderFailed", () => provider.PresentAsync([Record("cname.example.com", "ours")], CancellationToken.None));
        Assert.Contains("CNAME", conflict.Message, StringComparison.Ordinal);
    }
}
