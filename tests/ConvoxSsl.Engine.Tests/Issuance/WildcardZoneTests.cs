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
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The selection of solvers in a zone with a wildcard record, as Convox racks have it, on a real name server.</summary>
public sealed class WildcardZoneTests : IAsyncLifetime
{
    private const string Zone = "example.org";

    private readonly TemporaryDirectory _home = new();
    private readonly ChallengeSolvers _listeners = new();
    private readonly LocalRack _rack;
    private RecordedEvents _events = new();
    private BindServer? _dns;
    private AcmeTestServer _ca = null!;

    public WildcardZoneTests() => _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);

    public async Task InitializeAsync()
    {
        _ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions(), CancellationToken.None);
        if (!BindServer.IsInstalled)
        {
            return;
        }

        _dns = await BindServer.StartAsync(
            Zone,
            """
            router A 192.0.2.1
            * CNAME router
            real A 192.0.2.2
            _acme-challenge.elsewhere CNAME elsewhere.auth.test.
            """,
            CancellationToken.None);
        await _rack.PrepareAsync(CancellationToken.None);
        var solver = new DnsSolver { Id = 4, DnsZones = [Zone], Settings = new CloudflareSettings() };
        await _rack.DnsSolvers.SaveAsync(solver, new DnsSecret("token"), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _listeners.DisposeAsync();
        await _ca.DisposeAsync();
        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }

        _home.Dispose();
    }

    [BindFact]
    public async Task A_synthesized_alias_is_not_a_delegation()
    {
        foreach (var name in new[] { "example.org", "*.example.org", "real.example.org", "*.real.example.org" })
        {
            var record = "_acme-challenge." + name.TrimStart('*', '.');
            Assert.Equal($"dns-01 by DNS solver 4, with a TXT record at {record}", (await TestAsync(name))[0].Detail);
        }

        Assert.Empty(_events.Warnings);
    }

    [BindFact]
    public async Task A_name_that_its_challenge_record_would_hide_is_validated_by_http_01()
    {
        var checks = await TestAsync("app.example.org");

        Assert.StartsWith("http-01, not dns-01. While the challenge record", checks[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(checks, c => c.Check == "Wildcard record");
        Assert.Empty(_events.Warnings);
    }

    [BindFact]
    public async Task Dns_01_for_a_name_that_its_challenge_record_hides_causes_a_warning()
    {
        foreach (var (name, challenge) in new[] { ("app.example.org", ChallengeTypes.Dns01), ("*.app.example.org", null) })
        {
            var checks = await TestAsync(name, challenge);

            Assert.StartsWith("dns-01 by DNS solver 4", checks[0].Detail, StringComparison.Ordinal);
            var warning = Assert.Single(checks, c => !c.Passed && c.Check == "Wildcard record");
            Assert.Contains("RFC 4592", warning.Detail, StringComparison.Ordinal);
            Assert.Contains("Create DNS records for 'app.example.org'", warning.Remedy?.Text, StringComparison.Ordinal);
            Assert.Contains("does not answer for 'app.example.org'", Assert.Single(_events.Warnings), StringComparison.Ordinal);
        }
    }

    [BindFact]
    public async Task An_alias_into_a_zone_without_a_solver_is_reported_with_its_target()
    {
        var (byDefault, wildcard, required) = (
            (await TestAsync("elsewhere.example.org"))[0],
            (await TestAsync("*.elsewhere.example.org"))[0],
            (await TestAsync("elsewhere.example.org", ChallengeTypes.Dns01))[0]);

        Assert.Equal(
            "http-01; '_acme-challenge.elsewhere.example.org' is an alias of 'elsewhere.auth.test', for which the rack has no DNS solver",
            byDefault.Detail);
        foreach (var (check, code) in new[] { (wildcard, ErrorCode.WildcardNeedsDns), (required, ErrorCode.NoDnsSolver) })
        {
            Assert.False(check.Passed);
            Assert.Contains("is an alias of 'elsewhere.auth.test'", check.Detail, StringComparison.Ordinal);
            Assert.Equal((code, "elsewhere.auth.test"), (check.Remedy?.Key, check.Remedy?.Arguments[0]));
        }
    }

    private async Task<List<DnsCheck>> TestAsync(string name, string? challenge = null)
    {
        _events = new RecordedEvents();
        using var engine = new IssuanceEngine(_rack, _listeners, TimeProvider.System, _events, new EngineOptions
        {
            Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = new Uri("http://127.0.0.1:9") })],
            Resolver = new DnsResolverOptions
            {
                Servers = [new DnsServer("127.0.0.1", _dns!.Endpoint.Port)],
                LocateNameServer = _ => [_dns.Endpoint],
            },
        });
        return await engine.TestAsync(
            CertificateName.Parse(name),
            Issuer.Parse(_ca.DirectoryUrl.AbsoluteUri),
            new IssuanceSettings { HttpPort = FreePort.Next(), ChallengeType = challenge },
            await File.ReadAllTextAsync(_ca.RootFile),
            CancellationToken.None).ToListAsync();
    }
}
