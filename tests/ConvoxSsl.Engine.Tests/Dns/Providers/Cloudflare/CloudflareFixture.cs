using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

/// <summary>A server with the zone example.org, and providers without real delays.</summary>
internal sealed class CloudflareFixture : IAsyncDisposable
{
    public const string Token = "cf-test-token-0123456789abcdefghijklmnopq";
    public const string Key = "cf-test-key-0123456789abcdef0123456789";
    public const string Email = "dns@example.org";
    public const string Zone = "example.org";

    private readonly List<IDisposable> _providers = [];

    private CloudflareFixture(CloudflareTestServer server, SkippingClock clock) => (Server, Clock) = (server, clock);

    public CloudflareTestServer Server { get; }

    public SkippingClock Clock { get; }

    public static async Task<CloudflareFixture> StartAsync(
        CloudflareGrant? grant = null, Func<CloudflareTestServerOptions, CloudflareTestServerOptions>? change = null)
    {
        var clock = new SkippingClock(TimeSpan.FromSeconds(30));
        var options = new CloudflareTestServerOptions { Time = clock };
        var server = await CloudflareTestServer.StartAsync(change?.Invoke(options) ?? options, CancellationToken.None);
        server.AddZone(Zone);
        server.AddToken(Token, grant);
        server.AddKey(Email, Key);
        return new CloudflareFixture(server, clock);
    }

    public CloudflareProvider NewProvider(string secret = Token, string? email = null)
    {
        var credential = new CloudflareCredential(email, new DnsSecret(secret));
        var provider = new CloudflareProvider(credential, new CloudflareOptions { BaseUrl = Server.BaseUrl, Time = Clock });
        _providers.Add(provider);
        return provider;
    }

    public async Task<EngineException> RefusalAsync(CloudflareProvider provider, string name = "_acme-challenge.example.org")
    {
        var error =
            await Assert.ThrowsAsync<EngineException>(() => provider.PresentAsync([new TxtRecord(name, "value")], CancellationToken.None));
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Server.AllTxt, t => t.Value == "value");
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        _providers.ForEach(p => p.Dispose());
        await Server.DisposeAsync();
    }

    public static TxtRecord[] Records(int count, string suffix = Zone) =>
        [.. Enumerable.Range(0, count).Select(i => new TxtRecord($"_acme-challenge.host{i}.{suffix}", $"value-{i}"))];
}
