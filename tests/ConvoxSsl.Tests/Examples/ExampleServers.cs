using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Route53;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Tests.Examples;

/// <summary>The services of the examples: a CA, Cloudflare, AWS, DNS, a webhook receiver and a cluster.</summary>
public sealed class ExampleServers : IAsyncLifetime
{
    public const string ApiToken = "cf-0123456789012345678901234567890123456789";
    public const string ExternalKeyId = "kid-1";
    public const string ExternalKey = "bWFjLWtleS1vZi10aGUtZXhhbXBsZXMtMDEyMzQ1Njc4OQ";
    public const string RackName = "production";

    private readonly DnsTestZones _zones = new(TimeProvider.System);

    internal AcmeTestServer Ca { get; private set; } = null!;

    internal CloudflareTestServer Cloudflare { get; private set; } = null!;

    internal Route53TestServer Aws { get; private set; } = null!;

    internal AwsIdentity AwsUser { get; private set; } = null!;

    internal DnsTestServer Dns { get; private set; } = null!;

    internal WebhookTestServer Webhook { get; private set; } = null!;

    internal ScriptedKubernetesServer Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        foreach (var zone in new[] { "example.org", "example.net", "example.com" })
        {
            _zones.AddZone(zone, "ns." + zone);
        }

        Dns = DnsTestServer.Start(_zones);
        Ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions
            {
                AcceptsAllChallenges = true,
                ExternalAccounts = new Dictionary<string, string> { [ExternalKeyId] = ExternalKey },
            }, CancellationToken.None);
        Cloudflare = await CloudflareTestServer.StartAsync(new CloudflareTestServerOptions { OnChange = SetTxt }, CancellationToken.None);
        Cloudflare.AddToken(ApiToken);
        Cloudflare.AddZone("example.org", "active", "ns.example.org");
        Cloudflare.AddZone("example.net", "active", "ns.example.net");
        Aws = await Route53TestServer.StartAsync(
            new Route53TestServerOptions { TxtChanged = (name, values) => _zones.SetTxt(name, [.. values]) }, CancellationToken.None);
        AwsUser = Aws.AddIdentity(new AwsIdentity
        {
            Arn = "arn:aws:sts::123456789012:assumed-role/cert-manager/session", AccessKeyId =
                "ASIAEXAMPLE234567890", SecretAccessKey = "secret-of-the-examples", SessionToken = "token-of-the-examples",
        });
        Webhook = await WebhookTestServer.StartAsync(CancellationToken.None);
        Cluster = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), CancellationToken.None);
        foreach (var name in new[] { $"{RackName}-system", $"{RackName}-web" })
        {
            await Cluster.EnsureNamespaceAsync(
                name, CancellationToken.None, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = RackName });
        }
    }

    public async Task DisposeAsync()
    {
        await Ca.DisposeAsync();
        await Cloudflare.DisposeAsync();
        await Aws.DisposeAsync();
        await Dns.DisposeAsync();
        await Webhook.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    private Task SetTxt(string name, IReadOnlyList<string> values, CancellationToken ct)
    {
        _zones.SetTxt(name, [.. values]);
        return Task.CompletedTask;
    }
}
