using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.Bench.World;

/// <summary>The environment that all peers share: a CA, a DNS server with ten zones, and a DNS provider.</summary>
internal sealed class BenchWorld : IAsyncDisposable
{
    /// <summary>The provider's API token.</summary>
    public const string Token = "benchmark-token-0123456789-abcdefghij";

    private static readonly TimeSpan s_providerDelay = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryDirectory _home = new();
    private int _names;

    private BenchWorld(DnsTestZones zones, DnsTestServer dns, PebbleServer pebble, CloudflareTestServer cloudflare, HookProvider hooks) =>
        (Zones, Dns, Pebble, Cloudflare, Hooks) = (zones, dns, pebble, cloudflare, hooks);

    /// <summary>The zones; every name in them resolves to 127.0.0.1.</summary>
    public static IReadOnlyList<string> ZoneNames { get; } = [.. Enumerable.Range(0, 10).Select(i => $"bench{i}.example")];

    public DnsTestZones Zones { get; }

    public DnsTestServer Dns { get; }

    public PebbleServer Pebble { get; }

    /// <summary>The CA's endpoint.</summary>
    public CaEndpoint Ca => new(Pebble.DirectoryUrl.AbsoluteUri, Pebble.RootFile, Pebble.HttpPort);

    /// <summary>The DNS provider that this module uses.</summary>
    public CloudflareTestServer Cloudflare { get; }

    /// <summary>The DNS provider that the peers use.</summary>
    public HookProvider Hooks { get; }

    public static async Task<BenchWorld> StartAsync(CancellationToken ct)
    {
        var zones = new DnsTestZones(TimeProvider.System);
        foreach (var zone in ZoneNames)
        {
            zones.AddZone(zone, $"ns.{zone}").AddAddress($"ns.{zone}", "127.0.0.1").AddAddress($"*.{zone}", "127.0.0.1");
        }

        var dns = DnsTestServer.Start(zones);
        var cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                MostRequests = int.MaxValue,
                OnChange = (name, values, _) =>
                {
                    zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            ct);
        cloudflare.AddToken(Token);
        foreach (var zone in ZoneNames)
        {
            cloudflare.AddZone(zone, "active", $"ns.{zone}");
        }

        cloudflare.Faults.Add(CloudflareFault.On(_ => true).Always().Do((_, stop) => Task.Delay(s_providerDelay, stop)));
        var pebble = await PebbleServer.StartAsync(new PebbleOptions { DnsServer = dns.Endpoint, RetryAfter = 1 }, ct);
        return new BenchWorld(zones, dns, pebble, cloudflare, await HookProvider.StartAsync(zones, s_providerDelay, ct));
    }

    /// <summary>Creates a new directory.</summary>
    public string NewFolder(string prefix) => Directory.CreateDirectory(_home[$"{prefix}-{Interlocked.Increment(ref _names)}"]).FullName;

    /// <summary>Creates an unused name in the zone of the given number.</summary>
    public string NewName(int zone = 0) => $"n{Interlocked.Increment(ref _names)}.{ZoneNames[zone % ZoneNames.Count]}";

    /// <summary>Runs an action and counts the requests to the CA and the provider.</summary>
    public async Task<Sample> CountAsync(Func<Task<Sample>> work, CancellationToken ct)
    {
        var (requests, calls, writing) =
            (await SettledRequestsAsync(ct), Cloudflare.Calls.Count + Hooks.Calls, Cloudflare.WritingCalls.Count + Hooks.Calls);
        var sample = await work();
        return sample with
        {
            AcmeRequests = await SettledRequestsAsync(ct) - requests,
            ProviderCalls = Cloudflare.Calls.Count + Hooks.Calls - calls,
            WritingCalls = Cloudflare.WritingCalls.Count + Hooks.Calls - writing,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Pebble.DisposeAsync();
        await Hooks.DisposeAsync();
        await Cloudflare.DisposeAsync();
        await Dns.DisposeAsync();
        _home.Dispose();
    }

    // Pebble's log is exact, but arrives through a pipe a moment later.
    private async Task<int> SettledRequestsAsync(CancellationToken ct)
    {
        for (var before = -1; ;)
        {
            var now = Pebble.Requests.Count;
            if (now == before)
            {
                return now;
            }

            before = now;
            await Task.Delay(50, ct);
        }
    }
}
