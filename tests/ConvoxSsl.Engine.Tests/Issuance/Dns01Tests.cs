using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>dns-01 end to end: a real CA queries a DNS server with the records of a provider's API.</summary>
public sealed class Dns01Tests : IAsyncLifetime
{
    private const string Token = "cloudflare-token-of-the-tests";
    private const string Foreign = "another program's value";

    private readonly TemporaryDirectory _home = new();
    private readonly ChallengeSolvers _listeners = new();
    private readonly RecordedEvents _events = new();
    private readonly DnsTestZones _zones = new DnsTestZones(TimeProvider.System)
        .AddZone(
            "example.org",
            "ns1.example.org",
            "ns2.example.org")
                .AddZone("auth.test", "ns1.auth.test")
                .AddZone("web.test", "ns1.web.test")
                .AddAddress("www.web.test", "127.0.0.1");
    private readonly LocalRack _rack;
    private DnsTestServer _first = null!;
    private DnsTestServer _second = null!;
    private CloudflareTestServer _cloudflare = null!;
    private PebbleServer? _pebble;

    public Dns01Tests() => _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);

    public async Task InitializeAsync()
    {
        _first = DnsTestServer.Start(_zones);
        _second = DnsTestServer.Start(_zones);
        _cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                OnChange = (name, values, _) =>
                {
                    _zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            CancellationToken.None);
        _cloudflare.AddToken(Token);
        _cloudflare.AddZone("example.org", "active", "ns1.example.org", "ns2.example.org");
        _cloudflare.AddZone("auth.test", "active", "ns1.auth.test");
        _cloudflare.AddRecord("_acme-challenge.example.org", $"\"{Foreign}\"", "TXT");
        await _rack.PrepareAsync(CancellationToken.None);
        await AddSolverAsync(1, "example.org");
    }

    public async Task DisposeAsync()
    {
        await _listeners.DisposeAsync();
        if (_pebble is not null)
        {
            await _pebble.DisposeAsync();
        }

        await _cloudflare.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _home.Dispose();
    }

    [PebbleFact]
    public async Task A_wildcard_and_its_base_share_a_name_with_a_foreign_value()
    {
        using var engine = await StartAsync();
        var entry = await engine.IssueAsync(Request("*.example.org", "example.org"), CancellationToken.None);

        Assert.Equal(["*.example.org", "example.org"], entry.Record.Domains);
        AssertOnlyForeignIsLeft();
        Assert.Equal(2, _cloudflare.WritingCalls.Count);
        Assert.All([_first, _second], server => Assert.Contains(server.Queries, q => q.Name == "_acme-challenge.example.org"));
        Assert.Contains(_events.All, e => e.Text == "2 of 2 DNS servers have the records");
        Assert.All(_events.All, e => Assert.Equal("*.example.org", e.Certificate));
    }

    [PebbleFact]
    public async Task An_alias_selects_the_solver_of_its_target()
    {
        _zones.AddCname("_acme-challenge.web.test", "web-test.auth.test");
        await AddSolverAsync(2, "auth.test");
        using var engine = await StartAsync();
        await engine.IssueAsync(Request("*.web.test"), CancellationToken.None);

        Assert.Contains(_cloudflare.WritingCalls, c => c.Body?.Contains("web-test.auth.test", StringComparison.Ordinal) == true);
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task A_name_outside_all_solver_zones_is_validated_over_HTTP()
    {
        using var engine = await StartAsync();
        var entry = await engine.IssueAsync(Request("*.example.org", "www.web.test"), CancellationToken.None);

        Assert.Equal(2, entry.Record.Domains.Count);
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task A_renewal_and_its_dry_run_keep_the_first_challenge_types()
    {
        _zones.AddAddress("www.example.org", "127.0.0.1").AddAddress("www.auth.test", "127.0.0.1");
        using var engine = await StartAsync();
        var issued = await engine.IssueAsync(Request("www.example.org", "www.auth.test"), CancellationToken.None);
        Assert.Equal("www.auth.test", issued.Record.Settings!.Http01Names);

        await AddSolverAsync(2, "auth.test");
        foreach (var isDryRun in new[] { true, false })
        {
            var before = _cloudflare.WritingCalls.Count;
            var request = new RenewalRequest { Force = true }.ToIssueRequest(issued.Record) with { IsDryRun = isDryRun };
            var results = await engine.IssueAllAsync(
                [await engine.Planner.PlanAsync(request, CancellationToken.None)], CancellationToken.None).ToListAsync();

            var result = Assert.Single(results);
            Assert.Null(result.Error);
            result.Trial?.Dispose();
            var writes = string.Concat(_cloudflare.WritingCalls.Skip(before).Select(c => c.Body));
            Assert.Contains("_acme-challenge.www.example.org", writes, StringComparison.Ordinal);
            Assert.DoesNotContain("_acme-challenge.www.auth.test", writes, StringComparison.Ordinal);
        }

        // A new request selects them again.
        issued = await engine.IssueAsync(Request("www.example.org", "www.auth.test") with { Force = true }, CancellationToken.None);
        Assert.Equal((3, string.Empty), (issued.LiveVersion, issued.Record.Settings!.Http01Names));
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task A_renewal_without_its_DNS_solver_uses_http_01_and_warns()
    {
        _zones.AddAddress("www.example.org", "127.0.0.1");
        using var engine = await StartAsync();
        var issued = await engine.IssueAsync(Request("www.example.org"), CancellationToken.None);
        await _rack.DnsSolvers.RemoveAsync(1, CancellationToken.None);
        var renewal = new RenewalRequest { Force = true };

        var renewed = await engine.IssueAsync(renewal.ToIssueRequest(issued.Record), CancellationToken.None);
        Assert.Equal("www.example.org", renewed.Record.Settings!.Http01Names);
        Assert.Contains("'www.example.org' was validated by dns-01 before", Assert.Single(_events.Warnings), StringComparison.Ordinal);

        await engine.IssueAsync(renewal.ToIssueRequest(renewed.Record), CancellationToken.None);
        Assert.Single(_events.Warnings);
    }

    [PebbleFact]
    public async Task A_hundred_names_need_at_most_two_write_calls_each_way()
    {
        using var engine = await StartAsync();
        await engine.IssueAsync(Request([.. Enumerable.Range(1, 100).Select(i => $"host{i}.example.org")]), CancellationToken.None);

        Assert.InRange(_cloudflare.WritingCalls.Count, 2, 4);
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task A_hundred_concurrent_certificates_share_their_write_calls()
    {
        using var engine = await StartAsync();
        var entries = await IssuanceTest.IssueAllAsync(engine, [.. Enumerable.Range(1, 100).Select(i => Request($"host{i}.example.org"))]);

        Assert.Equal(100, entries.Select(e => e.Record.Id).Distinct().Count());
        Assert.InRange(_cloudflare.WritingCalls.Count, 2, 4);
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task Cancellation_during_propagation_removes_the_records_and_keeps_the_order()
    {
        using var stop = new CancellationTokenSource();
        _second.Lag = TimeSpan.FromHours(1);
        using (var engine = await StartAsync(new CancelOnEvent(stop, "1 of 2 DNS servers")))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.IssueAsync(Request("*.example.org"), stop.Token));
        }

        AssertOnlyForeignIsLeft();
        var order = Assert.Single(await _rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.NotNull(order.OrderUrl);
        Assert.Empty(order.Published);

        _second.Lag = TimeSpan.Zero;
        using var next = NewEngine();
        await next.IssueAsync(Request("*.example.org"), CancellationToken.None);
        Assert.Single(_pebble!.Requests, r => r.EndsWith("/order-plz", StringComparison.Ordinal));
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task The_next_run_removes_exactly_the_records_of_a_killed_run()
    {
        using var engine = await StartAsync();
        var leftover = new KeyAuthorization(
            ChallengeTypes.Dns01, "example.org", "token", "token.thumbprint") { Location = "1/_acme-challenge.example.org" };
        var record = new CertificateRecord
        {
            Id = Request("*.example.org").Names.ToCertificateId(),
            Domains = ["*.example.org"],
            Issuer = Request("x.example.org").Issuer.Name,
            Generated = true,
        };
        await _rack.Orders.CreateAsync(
            new OrderRecord
            {
                Certificate = record,
                Started = DateTimeOffset.UtcNow,
                AccountUrl = new Uri("https://ca.example/account/1"),
                Published = [leftover],
            }, null, CancellationToken.None);
        var value = Base64Url.Encode(System.Security.Cryptography.SHA256.HashData("token.thumbprint"u8));
        _cloudflare.AddRecord("_acme-challenge.example.org", $"\"{value}\"", "TXT");

        await engine.IssueAsync(Request("*.example.org"), CancellationToken.None);
        AssertOnlyForeignIsLeft();
    }

    [PebbleFact]
    public async Task Records_that_do_not_propagate_are_removed_and_the_order_is_kept()
    {
        _second.Lag = TimeSpan.FromHours(1);
        using var engine = await StartAsync();
        var request = Request("*.example.org");
        var failure = await Assert.ThrowsAsync<EngineException>(() =>
            engine.IssueAsync(
                request with { Settings = request.Settings with { PropagationTimeout = TimeSpan.FromSeconds(1) } },
                CancellationToken.None));

        Assert.Equal(("DnsNotPropagated", EngineErrorKind.TimedOut), (failure.Code, failure.Kind));
        Assert.Contains("ns2.example.org", failure.Message, StringComparison.Ordinal);
        AssertOnlyForeignIsLeft();
        var kept = Assert.Single(await _rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.NotNull(kept.OrderUrl);
        Assert.Equal(("DnsNotPropagated", 1), (kept.Failure!.Code, kept.Failure.Count));
        Assert.NotNull(kept.Failure.NextTry);

        await engine.IssueAsync(request with { Settings = request.Settings with { SkipPropagationCheck = true } }, CancellationToken.None);
        Assert.Single(_pebble!.Requests, r => r.EndsWith("/order-plz", StringComparison.Ordinal));
    }

    [PebbleFact]
    public async Task A_name_that_the_CA_cannot_resolve_is_reported_and_its_records_are_removed()
    {
        _first.Fault = DnsFault.None;
        using var engine = await StartAsync();
        _cloudflare.AddZone("hidden.test", "active", "ns1.example.org");
        await AddSolverAsync(3, "hidden.test");
        var request = Request("*.hidden.test", "example.org");
        var failure = await Assert.ThrowsAsync<AcmeException>(() =>
            engine.IssueAsync(request with { Settings = request.Settings with { SkipPropagationCheck = true } }, CancellationToken.None));

        Assert.Contains("hidden.test", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("this machine", failure.Remedy?.Text, StringComparison.Ordinal);
        Assert.Contains("TXT record", failure.Remedy?.Text, StringComparison.Ordinal);
        AssertOnlyForeignIsLeft();
        Assert.True(
            Assert.Single(
                await _rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync()) is { IsEnded: true, Published.Count: 0 });
    }

    [PebbleFact]
    public async Task A_wildcard_without_a_solver_is_rejected_before_any_order()
    {
        using var engine = await StartAsync();
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.IssueAsync(Request("*.web.test"), CancellationToken.None));

        Assert.Equal(("WildcardNeedsDns", "*.web.test"), (error.Code, error.Value));
        Assert.Equal((ErrorCode.WildcardNeedsDns, "web.test"), (error.Remedy?.Key, error.Remedy?.Arguments[0]));
        Assert.DoesNotContain(_pebble!.Requests, r => r.EndsWith("/order-plz", StringComparison.Ordinal));
    }

    [PebbleFact]
    public async Task A_rejected_credential_is_reported_without_showing_it()
    {
        await _rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() },
            new DnsSecret("revoked-token-of-the-tests"),
            CancellationToken.None);
        using var engine = await StartAsync();
        var failure = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(Request("*.example.org"), CancellationToken.None));

        Assert.Equal(("DnsCredentialsRefused", EngineErrorKind.Denied), (failure.Code, failure.Kind));
        Assert.DoesNotContain("revoked-token", failure.ToString() + string.Join('\n', _events.All), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single((await _rack.State.ReadAsync(default)).SolverUses).Failure);
    }

    [Fact]
    public async Task A_solver_test_runs_every_step_and_removes_its_record()
    {
        using var engine = NewEngine();
        var checks = await engine.DnsSolvers.TryAsync(1, new IssuanceSettings(), null, CancellationToken.None).ToListAsync();

        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
        Assert.All(checks, check => Assert.Equal("example.org", check.Zone));
        Assert.Equal(["Record written", "Record seen on every name server", "Record removed"], checks.TakeLast(3).Select(c => c.Check));
        AssertOnlyForeignIsLeft();
        Assert.Null(Assert.Single((await _rack.State.ReadAsync(default)).SolverUses).Failure);
    }

    [Fact]
    public async Task A_failed_or_abandoned_solver_test_removes_its_record()
    {
        _second.Lag = TimeSpan.FromHours(1);
        using var engine = NewEngine();
        var settings = new IssuanceSettings { PropagationTimeout = TimeSpan.FromMilliseconds(300) };
        var checks = await engine.DnsSolvers.TryAsync(1, settings, null, CancellationToken.None).ToListAsync();
        var failure = Assert.Single(checks, c => !c.Passed);
        Assert.Equal("Record seen on every name server", failure.Check);
        Assert.Contains("ns2.example.org", failure.Detail, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.DnsNotPropagated, failure.Remedy?.Key);
        Assert.Contains(
            "ns2.example.org", Assert.Single((await _rack.State.ReadAsync(default)).SolverUses).Failure, StringComparison.Ordinal);
        AssertOnlyForeignIsLeft();

        await foreach (var check in engine.DnsSolvers.TryAsync(1, settings, null, CancellationToken.None))
        {
            if (check.Check == "Record written")
            {
                break;
            }
        }

        AssertOnlyForeignIsLeft();
    }

    private void AssertOnlyForeignIsLeft() => Assert.Equal([Foreign], _cloudflare.AllTxt.Select(r => r.Value));

    private Task AddSolverAsync(int id, string zone) => _rack.DnsSolvers.SaveAsync(
        new DnsSolver { Id = id, DnsZones = [zone], Settings = new CloudflareSettings() }, new DnsSecret(Token), CancellationToken.None);

    private async Task<IssuanceEngine> StartAsync(IProgress<IssuanceEvent>? events = null)
    {
        _pebble = await PebbleServer.StartAsync(new PebbleOptions { DnsServer = _first.Endpoint }, CancellationToken.None);
        return NewEngine(events);
    }

    private IssuanceEngine NewEngine(IProgress<IssuanceEvent>? events = null) =>
        new(_rack, _listeners, TimeProvider.System, events ?? _events, new EngineOptions
    {
        Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = _cloudflare.BaseUrl })],
        Resolver = new DnsResolverOptions
        {
            Servers = [new DnsServer(_first.Endpoint.Address.ToString(), _first.Endpoint.Port)],
            LocateNameServer = host => [host.StartsWith("ns2.", StringComparison.Ordinal) ? _second.Endpoint : _first.Endpoint],
        },
    });

    private IssueRequest Request(params string[] names) => new()
    {
        Names = CertificateNameSet.Parse(names),
        Issuer = Issuer.Parse(_pebble!.DirectoryUrl.AbsoluteUri),
        Settings = new IssuanceSettings { HttpPort = _pebble.HttpPort },
        Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = File.ReadAllText(_pebble.RootFile) },
    };

    private sealed class CancelOnEvent(CancellationTokenSource stop, string text) : IProgress<IssuanceEvent>
    {
        public void Report(IssuanceEvent value)
        {
            if (value.Text.StartsWith(text, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }
}
