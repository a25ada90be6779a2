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

/// <summary>A real CA and the module share a real resolver that caches, as in the network of a private CA.</summary>
public sealed class CachingResolverTests : IDisposable
{
    private const string Zone = "example.org";
    private const string Token = "cloudflare-token-of-the-tests";

    private readonly TemporaryDirectory _home = new();
    private readonly RecordedEvents _events = new();

    public void Dispose() => _home.Dispose();

    [BindTheory]
    [InlineData("")]
    [InlineData("* CNAME router")]
    public async Task Dns_01_works_if_the_CA_uses_the_same_resolver(string wildcard)
    {
        await using var dns = await BindServer.StartAsync(Zone, "router A 127.0.0.1\n" + wildcard, CancellationToken.None);
        await using var cache = await BindServer.StartResolverAsync(dns, Zone, CancellationToken.None);
        await using var cloudflare = await StartCloudflareAsync(dns);
        await using var pebble = await PebbleServer.StartAsync(new PebbleOptions { DnsServer = cache.Endpoint }, CancellationToken.None);
        await using var listeners = new ChallengeSolvers();
        var rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        await rack.PrepareAsync(CancellationToken.None);
        await rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 1, DnsZones = [Zone], Settings = new CloudflareSettings() }, new DnsSecret(Token), CancellationToken.None);
        using var engine = new IssuanceEngine(rack, listeners, TimeProvider.System, _events, new EngineOptions
        {
            Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = cloudflare.BaseUrl })],
            Resolver = new DnsResolverOptions
            {
                Servers = [new DnsServer("127.0.0.1", cache.Endpoint.Port)],
                LocateNameServer = _ => [dns.Endpoint],
            },
        });

        var entry = await engine.IssueAsync(
            new IssueRequest
            {
                Names = CertificateNameSet.Parse(["*.example.org", "example.org", "*.app.example.org"]),
                Issuer = Issuer.Parse(pebble.DirectoryUrl.AbsoluteUri),
                Settings = new IssuanceSettings(),
                Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = File.ReadAllText(pebble.RootFile) },
            },
            CancellationToken.None);

        Assert.Equal(3, entry.Record.Domains.Count);
        Assert.Empty(cloudflare.AllTxt);
        Assert.Equal(wildcard.Length > 0 ? 1 : 0, _events.Warnings.Count(w => w.Contains("RFC 4592", StringComparison.Ordinal)));
    }

    private static async Task<CloudflareTestServer> StartCloudflareAsync(BindServer dns)
    {
        var server = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions { OnChange = (name, values, ct) => dns.SetTxtAsync(Zone, name, values, ct) },
            CancellationToken.None);
        server.AddToken(Token);
        server.AddZone(Zone, "active", "ns1.example.org");
        return server;
    }
}
