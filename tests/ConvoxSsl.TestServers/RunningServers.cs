using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Pebble;
using ConvoxSsl.TestKit.Route53;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.TestServers;

/// <summary>The running servers: CAs, Cloudflare, AWS, DNS, a webhook receiver and a cluster.</summary>
internal sealed class RunningServers : IAsyncDisposable
{
    private const string Token = "cf-0123456789012345678901234567890123456789";
    private const string Rack = "production";
    private const string Role = "arn:aws:iam::123456789012:role/cert-manager";
    private const string DnsAccessRole = "arn:aws:iam::123456789012:role/dns-access";

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly TemporaryDirectory _home = new();
    private readonly DnsTestZones _zones = new(TimeProvider.System);
    private ServerAddresses _addresses = null!;

    private RunningServers()
    {
    }

    /// <summary>Starts all servers.</summary>
    public static async Task<RunningServers> StartAsync(CancellationToken ct)
    {
        var servers = new RunningServers();
        try
        {
            servers._addresses = await servers.StartAllAsync(ct);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>The addresses.</summary>
    public ServerAddresses Describe() => _addresses;

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var server))
        {
            await server.DisposeAsync();
        }

        _home.Dispose();
    }

    private async Task<ServerAddresses> StartAllAsync(CancellationToken ct)
    {
        foreach (var zone in new[] { "example.org", "example.net", "example.com" })
        {
            _zones.AddZone(zone, "ns." + zone);
        }

        var dns = Started(DnsTestServer.Start(_zones));
        var scripted = Started(await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { Txt = (name, _) => Task.FromResult(_zones.GetTxt(name)) }, ct));
        var dnsCa = new CaAddress("the scripted CA", scripted.DirectoryUrl.AbsoluteUri, scripted.RootFile, scripted.HttpPort);
        var cloudflare = await StartCloudflareAsync(ct);
        var aws = Started(await Route53TestServer.StartAsync(
            new Route53TestServerOptions { TxtChanged = (name, values) => _zones.SetTxt(name, [.. values]) }, ct));
        var user = aws.AddIdentity(new AwsIdentity
        {
            Arn = Role.Replace(":iam:", ":sts:", StringComparison.Ordinal).Replace(":role/", ":assumed-role/", StringComparison.Ordinal)
                + "/session",
            AccessKeyId = "ASIAEXAMPLE234567890",
            SecretAccessKey = "secret-of-the-tests",
            SessionToken = "token-of-the-tests",
        });
        aws.AddRole(new AwsRole { Arn = DnsAccessRole, Trusts = [Role] });
        var convox = Started(await ConvoxCluster.StartAsync(Rack, Role, ct));
        convox.WriteKubeConfig(_home["convox"]);
        var webhook = Started(await WebhookTestServer.StartAsync(ct));
        return new ServerAddresses
        {
            Ca = PebbleServer.IsInstalled ? await StartPebbleAsync(ct) : dnsCa,
            DnsCa = dnsCa,
            Dns = dns.Endpoint.ToString(),
            CloudflareUrl = cloudflare.BaseUrl,
            CloudflareToken = Token,
            AwsUrl = aws.Url,
            AwsAccessKeyId = user.AccessKeyId,
            AwsSecretAccessKey = user.SecretAccessKey,
            AwsSessionToken = user.SessionToken!,
            AwsRole = Role,
            HostedZoneId = aws.AddZone("example.com").Id,
            Webhook = webhook.Origin,
            WebhookRoot = webhook.RootFile,
            KubeConfig = await StartClusterAsync(ct),
            Rack = Rack,
            GuideZoneId = aws.AddZone("example.org").Id,
            ConvoxKubeConfig = _home["convox"],
        };
    }

    private async Task<CaAddress> StartPebbleAsync(CancellationToken ct)
    {
        var pebble = Started(await PebbleServer.StartAsync(new PebbleOptions(), ct));
        return new CaAddress("Pebble", pebble.DirectoryUrl.AbsoluteUri, pebble.RootFile, pebble.HttpPort);
    }

    private async Task<CloudflareTestServer> StartCloudflareAsync(CancellationToken ct)
    {
        var cloudflare = Started(await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                OnChange = (name, values, _) =>
                {
                    _zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            ct));
        cloudflare.AddToken(Token);
        cloudflare.AddZone("example.org", "active", "ns.example.org");
        cloudflare.AddZone("example.net", "active", "ns.example.net");
        return cloudflare;
    }

    private async Task<string> StartClusterAsync(CancellationToken ct)
    {
        var cluster = Started(await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), ct));
        foreach (var name in new[] { $"{Rack}-system", $"{Rack}-web" })
        {
            await cluster.EnsureNamespaceAsync(name, ct, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = Rack });
        }

        cluster.WriteKubeConfig(_home["kubeconfig"]);
        return _home["kubeconfig"];
    }

    private T Started<T>(T server)
        where T : IAsyncDisposable
    {
        _started.Push(server);
        return server;
    }
}
