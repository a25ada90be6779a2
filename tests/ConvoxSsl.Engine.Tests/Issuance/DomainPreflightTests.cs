using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The checks of a name before an order.</summary>
public sealed class DomainPreflightTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _home = new();
    private readonly ChallengeSolvers _listeners = new();
    private readonly DnsTestZones _zones = new DnsTestZones(TimeProvider.System).AddZone("org", "ns.org").AddZone(
        "example.org", "ns.example.org").AddZone("auth.test", "ns.auth.test").AddAddress("www.example.org", "192.0.2.1");
    private readonly LocalRack _rack;
    private DnsTestServer _dns = null!;
    private AcmeTestServer _ca = null!;
    private CaLimits? _limits;

    public DomainPreflightTests() => _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);

    public async Task InitializeAsync()
    {
        _dns = DnsTestServer.Start(_zones);
        _ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions(), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _listeners.DisposeAsync();
        await _ca.DisposeAsync();
        await _dns.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_ready_name_passes_every_check_without_an_order_or_a_write()
    {
        var checks = await TestAsync("www.example.org");

        Assert.Equal(["Solver", "Addresses", "Port", "CAA", "Limits", "Certificates"], checks.Select(c => c.Check));
        Assert.All(checks, c => Assert.True(c.Passed, c.ToString()));
        Assert.Equal("192.0.2.1", checks[1].Detail);
        Assert.All(_ca.Requests, r => Assert.Equal(AcmeResource.Directory, r.Resource));
        Assert.False(Directory.Exists(_home["rack"]));
    }

    [Fact]
    public async Task The_solver_check_shows_the_record_at_the_alias_target()
    {
        _zones.AddCname("_acme-challenge.www.example.org", "www-example-org.auth.test");
        await _rack.PrepareAsync(CancellationToken.None);
        await _rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 4, DnsZones = ["auth.test"], Settings = new CloudflareSettings() },
            new DnsSecret("token"),
            CancellationToken.None);

        var checks = await TestAsync("www.example.org");
        Assert.Equal("dns-01 by DNS solver 4, with a TXT record at www-example-org.auth.test", checks[0].Detail);
        Assert.DoesNotContain(checks, c => c.Check is "Port" or "Addresses");
    }

    [Fact]
    public async Task An_alias_loop_is_reported()
    {
        _zones.AddCname("_acme-challenge.www.example.org", "a.auth.test").AddCname("a.auth.test", "_acme-challenge.www.example.org");
        await _rack.PrepareAsync(CancellationToken.None);
        await _rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 4, DnsZones = ["auth.test"], Settings = new CloudflareSettings() },
            new DnsSecret("token"),
            CancellationToken.None);

        var solver = (await TestAsync("www.example.org"))[0];
        Assert.False(solver.Passed);
        Assert.Contains("a.auth.test", solver.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wildcard_without_a_solver_has_a_remedy()
    {
        var solver = (await TestAsync("*.example.org"))[0];

        Assert.False(solver.Passed);
        Assert.Contains("is a wildcard", solver.Detail, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.WildcardNeedsDns, solver.Remedy?.Key);
    }

    [Theory]
    [InlineData("issue", "other-ca.example", "www.example.org", false)]
    [InlineData("issue", ";", "www.example.org", false)]
    [InlineData("issuewild", "other-ca.example", "www.example.org", true)]
    [InlineData("issuewild", "other-ca.example", "*.example.org", false)]
    public async Task CAA_records_are_compared_with_the_CA(string tag, string value, string name, bool allowed)
    {
        _zones.AddCaa("example.org", 0, tag, value);
        var caa = (await TestAsync(name)).Single(c => c.Check == "CAA");

        Assert.Equal(allowed, caa.Passed);
        Assert.Equal(allowed, caa.Remedy is null);
    }

    [Fact]
    public async Task A_port_in_use_and_a_name_without_an_address_are_reported()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        var checks = await TestAsync("nowhere.example.org", new IssuanceSettings { HttpPort = port, HttpAddress = "127.0.0.1" });
        Assert.Equal("NoAddress", checks.Single(c => c is { Check: "Addresses", Passed: false }).Remedy!.Key);
        Assert.Contains($"{port}", checks.Single(c => c is { Check: "Port", Passed: false }).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_wildcard_that_covers_the_name_is_shown()
    {
        using var engine = NewEngine();
        var created = await engine.IssueAsync(
            new IssueRequest
            {
                Names = CertificateNameSet.Parse(["*.example.org"]),
                Issuer = Issuer.SelfSigned,
                Settings = new IssuanceSettings(),
            }, CancellationToken.None);

        Assert.Contains(created.Record.Id, (await TestAsync("www.example.org"))[^1].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Record.Id, (await TestAsync("a.b.example.org"))[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_or_expired_certificate_does_not_cover_the_name()
    {
        using var engine = NewEngine();
        var created = await engine.IssueAsync(
            new IssueRequest
            {
                Names = CertificateNameSet.Parse(["www.example.org"]),
                Issuer = Issuer.SelfSigned,
                Settings = new IssuanceSettings(),
            }, CancellationToken.None);

        await _rack.Certificates.UpdateAsync(
            created.With(created.Live with { Expires = DateTimeOffset.UtcNow.AddDays(-1) }), CancellationToken.None);
        Assert.StartsWith(
            $"No valid certificate of this rack covers it: {created.Record.Id} expired at ",
            (await TestAsync("www.example.org"))[^1].Detail,
            StringComparison.Ordinal);

        await _rack.Certificates.UpdateAsync(
            created.With(created.Live with { Revoked = DateTimeOffset.UtcNow }), CancellationToken.None);
        Assert.Equal(
            $"No valid certificate of this rack covers it: {created.Record.Id} is revoked.",
            (await TestAsync("www.example.org"))[^1].Detail);
    }

    [Fact]
    public async Task A_self_signed_certificate_needs_no_solver_port_or_CAA_record()
    {
        using var engine = NewEngine();
        var checks = await engine.TestAsync(
            CertificateName.Parse("*.example.org"), Issuer.SelfSigned, new IssuanceSettings(), null, CancellationToken.None).ToListAsync();

        Assert.Equal(["Issuer", "Certificates"], checks.Select(c => c.Check));
        Assert.All(checks, c => Assert.True(c.Passed, c.ToString()));
        Assert.Empty(_dns.Queries);
    }

    [Fact]
    public async Task The_remaining_quota_is_reported_with_the_date_of_the_suffix_list()
    {
        _limits = Limits;
        await _rack.PrepareAsync(CancellationToken.None);
        await IssuedAsync("www.example.org");

        var check = (await TestAsync("mail.example.org")).Single(c => c.Check == "Limits");
        Assert.True(check.Passed, check.ToString());
        Assert.Contains("1 of 2 certificates for names below example.org", check.Detail, StringComparison.Ordinal);
        Assert.Contains($"{PublicSuffixList.Load().Date:O}", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reached_limit_fails_the_check_with_its_end()
    {
        _limits = Limits;
        await _rack.PrepareAsync(CancellationToken.None);
        await IssuedAsync("www.example.org");
        await IssuedAsync("ftp.example.org");

        var check = (await TestAsync("mail.example.org")).Single(c => c.Check == "Limits");
        Assert.False(check.Passed);
        Assert.Contains("UTC", check.Remedy?.Text, StringComparison.Ordinal);
        Assert.True((await TestAsync("www.example.org")).Single(c => c.Check == "Limits").Passed);
    }

    private static CaLimits Limits => new()
    {
        RegisteredDomain = new TokenBucket(2, TimeSpan.FromHours(3)), ExactSet = new TokenBucket(5, TimeSpan.FromHours(34)),
        ExemptsRenewals = true, Source = new Uri("https://ca.example/limits"), AsOf = new DateOnly(2026, 1, 1),
    };

    private IssuanceContext CreateContext() =>
        new(_rack, TimeProvider.System, new RecordedEvents(), new EngineOptions { Limits = _ => _limits });

    private Task IssuedAsync(string name) => new OrderLimits(CreateContext())
        .RecordIssuedAsync(
            _ca.DirectoryUrl,
            new Uri(_ca.DirectoryUrl, "/account/1"),
            CertificateNameSet.Parse([name]),
            OrderKind.New,
            CancellationToken.None);

    private async Task<List<DnsCheck>> TestAsync(string name, IssuanceSettings? settings = null)
    {
        using var engine = NewEngine();
        return await engine.TestAsync(
            CertificateName.Parse(name),
            Issuer.Parse(_ca.DirectoryUrl.AbsoluteUri),
            settings ?? new IssuanceSettings { HttpPort = FreePort.Next() },
            await File.ReadAllTextAsync(_ca.RootFile),
            CancellationToken.None).ToListAsync();
    }

    private IssuanceEngine NewEngine() => new(_rack, _listeners, TimeProvider.System, new RecordedEvents(), new EngineOptions
    {
        Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = new Uri("http://127.0.0.1:9") })],
        Limits = _ => _limits,
        Resolver = new DnsResolverOptions { Servers = [new DnsServer(_dns.Endpoint.Address.ToString(), _dns.Endpoint.Port)] },
    });
}
