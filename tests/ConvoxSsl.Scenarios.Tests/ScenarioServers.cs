using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>The servers that all scenarios share: a CA, DNS, Cloudflare and a webhook receiver.</summary>
public sealed class ScenarioServers : IAsyncLifetime
{
    /// <summary>The token for Cloudflare.</summary>
    private const string Token = "cf-0123456789012345678901234567890123456789";

    /// <summary>The name whose certificates are due at once, as if the CA had to revoke them.</summary>
    private const string DueName = "shop.example.org";

    private readonly TemporaryDirectory _cache = new();
    private AcmeTestServer _ca = null!;
    private DnsTestServer _dns = null!;
    private CloudflareTestServer _cloudflare = null!;
    private WebhookTestServer _webhook = null!;

    public async Task InitializeAsync()
    {
        var zones = new DnsTestZones(TimeProvider.System)
            .AddZone("org", "ns.example.org")
            .AddZone("example.org", "ns.example.org")
            .AddZone("com", "ns.example.com")
            .AddZone("example.com", "ns.example.com")
            .AddAddress("www.example.org", "127.0.0.1")
            .AddAddress("example.org", "127.0.0.1");
        _dns = DnsTestServer.Start(zones);
        _ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { Txt = (name, _) => Task.FromResult(zones.GetTxt(name)), RenewalWindow = GetRenewalWindow },
            CancellationToken.None);
        _cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                OnChange = (name, values, _) =>
                {
                    zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            CancellationToken.None);
        _cloudflare.AddToken(Token);
        _cloudflare.AddZone("example.org", "active", "ns.example.org");
        _webhook = await WebhookTestServer.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _webhook.DisposeAsync();
        await _cloudflare.DisposeAsync();
        await _ca.DisposeAsync();
        await _dns.DisposeAsync();
        _cache.Dispose();
    }

    /// <summary>Creates the environment variables of a session.</summary>
    /// <param name="home">The user's home directory.</param>
    public IReadOnlyDictionary<string, string?> CreateEnvironment(string home) => new Dictionary<string, string?>
    {
        ["PATH"] = $"{Path.Combine(home, "bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        ["HOME"] = home,
        ["XDG_CONFIG_HOME"] = null,
        ["XDG_DATA_HOME"] = null,
        ["XDG_CACHE_HOME"] = _cache.Path,
        // A language whose words PowerShell does not split when it wraps text.
        ["LC_ALL"] = "en_US.UTF-8",
        ["TZ"] = "UTC",
        ["NO_COLOR"] = null,
        ["PSModulePath"] = null,
        ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        ["POWERSHELL_UPDATECHECK"] = "Off",
        // Profile-guided recompilation costs a short process more than it gains.
        ["DOTNET_TieredPGO"] = "0",
        ["KUBECONFIG"] = Path.Combine(home, "kubeconfig"),
        ["CONVOXSSL_HOME"] = null,
        ["CONVOXSSL_RACK"] = null,
        ["CONVOXSSL_DNS_SERVERS"] = _dns.Endpoint.ToString(),
        ["CLOUDFLARE_BASE_URL"] = _cloudflare.BaseUrl.AbsoluteUri,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["SCENARIO_MODULE"] = Path.Combine(RepositoryRoot.Path, "out", "ConvoxSsl"),
        ["SCENARIO_CA"] = _ca.DirectoryUrl.AbsoluteUri,
        ["SCENARIO_CA_ROOT"] = _ca.RootFile,
        ["SCENARIO_HTTP_PORT"] = $"{_ca.HttpPort}",
        ["SCENARIO_WEBHOOK"] = _webhook.Origin,
        ["SCENARIO_WEBHOOK_ROOT"] = _webhook.RootFile,
    };

    // A minute, so that the time that the module chooses in it is always the same.
    private static (DateTimeOffset Start, DateTimeOffset End) GetRenewalWindow(X509Certificate2 certificate)
    {
        var notBefore = new DateTimeOffset(certificate.NotBefore);
        var start = notBefore + (certificate.MatchesHostname(DueName) ? TimeSpan.FromMinutes(1) : TimeSpan.FromDays(60));
        return (start, start + TimeSpan.FromMinutes(1));
    }
}
