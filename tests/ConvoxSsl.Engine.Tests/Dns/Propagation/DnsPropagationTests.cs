using System.Collections.Concurrent;
using System.Net;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Tests.Dns.Resolution;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Dns.Propagation;

public sealed class DnsPropagationTests : IAsyncLifetime, IProgress<PropagationProgress>
{
    private const string Name = "_acme-challenge.example.com";
    private static readonly DnsZone Zone = new("example.com", "Z1", ["ns1.example.com", "NS2.example.com."]);

    // The timeout of a missing response; long enough for all others.
    private static readonly TimeSpan WithSilence = TimeSpan.FromSeconds(1);

    private readonly SkippingClock _clock = new();
    private readonly DnsTestZones _zones;
    private readonly ConcurrentQueue<PropagationProgress> _progress = new();
    private DnsTestServer _one = null!;
    private DnsTestServer _two = null!;
    private DnsTestServer _resolver = null!;

    public DnsPropagationTests() =>
        _zones = new DnsTestZones(_clock.True).AddZone("example.com", "ns1.example.com", "ns2.example.com");

    public Task InitializeAsync()
    {
        (_one, _two, _resolver) = (DnsTestServer.Start(_zones), DnsTestServer.Start(_zones), DnsTestServer.Start(_zones));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _resolver.DisposeAsync();
    }

    void IProgress<PropagationProgress>.Report(PropagationProgress value) => _progress.Enqueue(value);

    [Fact]
    public async Task Each_server_is_queried_once_if_all_have_the_record()
    {
        _zones.SetTxt(Name, "other", "value");

        await WaitAsync([Zone], new TxtRecord(Name, "value"));

        Assert.Empty(_clock.Waits);
        Assert.Equal([new DnsSeenQuery(Name, DnsRecordType.TXT, false, false, true)], _one.Queries);
        Assert.Equal(_one.Queries, _two.Queries);
        Assert.Empty(_resolver.Queries);
        Assert.Equal((2, 2, 0), Last());
    }

    [Fact]
    public async Task Only_a_lagging_server_is_queried_again()
    {
        _zones.AddTxt(Name, "value");
        _two.Lag = TimeSpan.FromSeconds(30);

        await WaitAsync([Zone], new TxtRecord(Name, "value"));

        Assert.Equal([2, 3, 4.5, 6.75, 10, 10], _clock.Waits.Select(w => w.TotalSeconds));
        Assert.Single(_one.Queries);
        Assert.Equal(7, _two.Queries.Count);
        var first = _progress.First();
        Assert.Equal((1, 2), (first.Agreed, first.Asked));
        var missing = Assert.Single(first.Missing);
        Assert.Equal(("ns2.example.com", Name), (missing.Server, missing.Name));
        Assert.Contains("NXDOMAIN", missing.Reason, StringComparison.Ordinal);
        Assert.Equal((2, 2, 0), Last());
    }

    [Fact]
    public async Task All_values_of_a_name_are_required()
    {
        _zones.AddTxt(Name, "first");
        _clock.Advance(TimeSpan.FromMinutes(1));
        _zones.AddTxt(Name, "second");
        _two.Lag = TimeSpan.FromSeconds(1);

        await WaitAsync([Zone], new TxtRecord(Name, "first"), new TxtRecord(Name, "second"));

        Assert.Equal("1 of 2 values missing", Assert.Single(_progress.First().Missing).Reason);
        Assert.Single(_clock.Waits);
    }

    [Theory]
    [InlineData(DnsFault.ServFail, "SERVFAIL")]
    [InlineData(DnsFault.Refused, "REFUSED")]
    [InlineData(DnsFault.Silent, "127.0.0.1")]
    public async Task A_failing_server_is_queried_until_it_works(DnsFault fault, string text)
    {
        _zones.AddTxt(Name, "value");
        _two.Fault = fault;
        var rounds = new Rounds(this, 3, () => _two.Fault = DnsFault.None);

        await WaitAsync(Waiting(patience: WithSilence), [Zone], rounds, new TxtRecord(Name, "value"));

        Assert.Contains(text, Assert.Single(_progress.First().Missing).Reason, StringComparison.Ordinal);
        Assert.InRange(_clock.Waits.Count, 3, 60);
        Assert.Equal((2, 2, 0), Last());
    }

    [Fact]
    public async Task A_nonauthoritative_server_is_reported()
    {
        _zones.AddTxt(Name, "value");
        await using var lame = DnsTestServer.Start(new DnsTestZones(_clock).AddZone("com").Delegate("example.com", "ns1.example.com"));
        var propagation = Waiting(locate: host => host == "ns2.example.com" ? [lame.Endpoint] : [_one.Endpoint]);

        var error = await Assert.ThrowsAsync<EngineException>(() => WaitAsync(propagation, [Zone], this, new TxtRecord(Name, "value")));

        Assert.Contains(
            "ns2.example.com, queried for _acme-challenge.example.com: the server is not authoritative",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_reports_the_servers_and_their_responses()
    {
        _zones.AddTxt(Name, "value");
        _two.Lag = TimeSpan.FromHours(1);

        var error = await Assert.ThrowsAsync<EngineException>(() => WaitAsync([Zone], new TxtRecord(Name, "value")));

        Assert.Equal(("DnsNotPropagated", EngineErrorKind.TimedOut), (error.Code, error.Kind));
        Assert.Contains("1 of 2 DNS servers", error.Message, StringComparison.Ordinal);
        Assert.Contains("ns2.example.com", error.Message, StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ns1.example.com", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(10), TimeSpan.FromTicks(_clock.Waits.Sum(w => w.Ticks)));
    }

    [Fact]
    public async Task An_alias_at_the_name_is_reported()
    {
        _zones.AddCname(Name, "elsewhere.test");

        var error = await Assert.ThrowsAsync<EngineException>(() => WaitAsync([Zone], new TxtRecord(Name, "value")));

        Assert.Contains("alias of elsewhere.test", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_name_servers_are_looked_up()
    {
        _zones.AddTxt(Name, "value");

        await WaitAsync([Zone with { NameServers = [] }], new TxtRecord(Name, "value"));

        Assert.Equal([("example.com", DnsRecordType.NS)], _resolver.Queries.Select(q => (q.Name, q.Type)));
        Assert.Single(_one.Queries);
        Assert.Single(_two.Queries);
    }

    [Fact]
    public async Task A_missing_zone_is_looked_up()
    {
        _zones.AddTxt(Name, "value");

        await WaitAsync([new DnsZone("ample.com", "Z2", ["ns.ample.com"])], new TxtRecord(Name, "value"));

        // The resolver is not queried for the record, which it would remember as missing.
        Assert.Equal(
            [("example.com", DnsRecordType.SOA), ("example.com", DnsRecordType.NS)],
            _resolver.Queries.Select(q => (q.Name, q.Type)).Distinct());
        Assert.Equal((2, 2, 0), Last());
    }

    [Fact]
    public async Task A_name_is_queried_at_the_servers_of_its_longest_zone()
    {
        await using var sub = DnsTestServer.Start(new DnsTestZones(_clock).AddZone("sub.example.com"));
        _zones.AddTxt(Name, "value");
        var propagation = Waiting(locate: host => host == "ns.sub.example.com" ? [sub.Endpoint] : [_one.Endpoint]);

        var error = await Assert.ThrowsAsync<EngineException>(() => WaitAsync(
            propagation,
            [Zone, new DnsZone("sub.example.com", "Z2", ["ns.sub.example.com"])],
            this,
            new TxtRecord(Name, "value"),
            new TxtRecord("_acme-challenge.sub.example.com", "value")));

        Assert.Contains("2 of 3 DNS servers", error.Message, StringComparison.Ordinal);
        Assert.All(sub.Queries, q => Assert.Equal("_acme-challenge.sub.example.com", q.Name));
        Assert.All(_one.Queries, q => Assert.Equal(Name, q.Name));
    }

    [Fact]
    public async Task Transient_resolver_failures_are_retried()
    {
        _zones.AddTxt(Name, "value");
        _resolver.Fault = DnsFault.ServFail;
        var rounds = new Rounds(this, 2, () => _resolver.Fault = DnsFault.None);

        await WaitAsync(Waiting(), [], rounds, new TxtRecord(Name, "value"));

        Assert.Equal(2, _clock.Waits.Count);
        Assert.Equal((2, 2, 0), Last());
    }

    [Fact]
    public async Task An_unresponsive_address_falls_back_to_the_next_one()
    {
        _zones.AddTxt(Name, "value");
        await using var dead = DnsTestServer.Start(_zones);
        dead.Fault = DnsFault.Silent;
        var propagation = Waiting(locate: _ => [dead.Endpoint, _one.Endpoint], patience: WithSilence);

        await WaitAsync(propagation, [Zone with { NameServers = ["ns1.example.com"] }], this, new TxtRecord(Name, "value"));

        Assert.Equal((1, 1, 0), Last());
    }

    [Fact]
    public async Task A_server_without_an_address_is_reported()
    {
        _zones.AddTxt(Name, "value");
        var propagation = Waiting(locate: host => host == "ns1.example.com" ? [_one.Endpoint] : null);

        var error = await Assert.ThrowsAsync<EngineException>(() => WaitAsync(propagation, [Zone], this, new TxtRecord(Name, "value")));

        Assert.Contains(
            "ns2.example.com, queried for _acme-challenge.example.com: the host has no address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_server_is_detected_once_per_round()
    {
        _two.Fault = DnsFault.Silent;
        TxtRecord[] records = [.. Enumerable.Range(0, 40).Select(i => new TxtRecord($"n{i}.example.com", "value"))];
        Array.ForEach(records, r => _zones.AddTxt(r.Name, r.Value));
        var rounds = new Rounds(this, 1, () => _two.Fault = DnsFault.None);

        await WaitAsync(Waiting(new DnsPropagationOptions { Concurrency = 1 }, patience: WithSilence), [Zone], rounds, records);

        Assert.Equal(40, _progress.First().Missing.Count);
        Assert.Equal((1, 2), (_progress.First().Agreed, _progress.First().Asked));
        Assert.Equal(40, _one.Queries.Count);
    }

    [Fact]
    public async Task UseResolvers_queries_the_resolvers()
    {
        _zones.AddTxt(Name, "value");
        _resolver.Lag = TimeSpan.FromSeconds(1);

        await WaitAsync(Waiting(new DnsPropagationOptions { UseResolvers = true }), [Zone], this, new TxtRecord(Name, "value"));

        Assert.Equal(Resolvers.ToDnsServer(_resolver).ToString(), Assert.Single(_progress.First().Missing).Server);
        Assert.All(_resolver.Queries, q => Assert.True(q.RecursionDesired));
        Assert.Equal(2, _resolver.Queries.Count);
        Assert.Empty(_one.Queries);
        Assert.Equal((1, 1, 0), Last());
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var rounds = new Rounds(this, 2, stop.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Waiting().WaitAsync([new TxtRecord(Name, "value")], [Zone], rounds, stop.Token));
        Assert.Equal(2, _progress.Count);
    }

    [Fact]
    public async Task No_records_send_no_query()
    {
        await WaitAsync([Zone]);

        Assert.Empty(_one.Queries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(365)]
    [InlineData(-365)]
    public async Task Changing_the_clock_does_not_change_the_timeout(int days)
    {
        _zones.AddTxt(Name, "value");
        _two.Lag = TimeSpan.FromSeconds(30);
        await WaitAsync(Waiting(), [Zone], new Rounds(this, 2, () => _clock.Jump(TimeSpan.FromDays(days))), new TxtRecord(Name, "value"));

        Assert.InRange(_clock.Waits.Sum(w => w.TotalSeconds), 30, 60);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-365)]
    public async Task Setting_the_clock_back_does_not_delay_the_timeout(int days)
    {
        var progress = new Rounds(this, 2, () => _clock.Jump(TimeSpan.FromDays(days)));
        await Assert.ThrowsAsync<EngineException>(() => WaitAsync(Waiting(), [Zone], progress, new TxtRecord(Name, "value")));

        Assert.Equal(TimeSpan.FromMinutes(10), _clock.Waits.Aggregate((a, b) => a + b));
    }

    private DnsPropagation Waiting(
        DnsPropagationOptions? options = null, Func<string, IReadOnlyList<IPEndPoint>?>? locate = null, TimeSpan? patience = null)
    {
        var resolver = new DnsResolver(Resolvers.CreateOptions(_resolver) with
        {
            Timeout = patience ?? TimeSpan.FromSeconds(10),
            LocateNameServer = locate ?? (host => [host == "ns1.example.com" ? _one.Endpoint : _two.Endpoint]),
        });
        return new DnsPropagation(resolver, options ?? new DnsPropagationOptions(), _clock);
    }

    private Task WaitAsync(IReadOnlyList<DnsZone> zones, params TxtRecord[] records) => WaitAsync(Waiting(), zones, this, records);

    private static Task WaitAsync(
        DnsPropagation propagation, IReadOnlyList<DnsZone> zones, IProgress<PropagationProgress> progress, params TxtRecord[] records) =>
        propagation.WaitAsync(records, zones, progress, default);

    private (int Agreed, int Asked, int Missing) Last() =>
        _progress.Last() is var last ? (last.Agreed, last.Asked, last.Missing.Count) : default;

    // Runs an action after a number of rounds.
    private sealed class Rounds(IProgress<PropagationProgress> next, int count, Action then) : IProgress<PropagationProgress>
    {
        private int _left = count;

        public void Report(PropagationProgress value)
        {
            next.Report(value);
            if (--_left == 0)
            {
                then();
            }
        }
    }
}
