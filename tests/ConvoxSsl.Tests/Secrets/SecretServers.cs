using System.Security.Cryptography;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Route53;
using ConvoxSsl.TestKit.Webhooks;
using Base64Url = System.Buffers.Text.Base64Url;

namespace ConvoxSsl.Tests.Secrets;

/// <summary>The services that the secrets are for. They accept valid secrets, or repeat their requests if a test says so.</summary>
internal sealed class SecretServers : IAsyncDisposable
{
    public const string CloudflareZone = "token.example.org";
    public const string KeyZone = "key.example.org";
    public const string Email = "owner@example.org";
    public const string Route53Zone = "aws.example.org";
    public const string ScriptZone = "script.example.org";
    public const string PluginZone = "plugin.example.org";
    public const string AccessKeyId = "ASIAEXAMPLE234567890";
    public const string ExternalKeyId = "customer-1";

    private readonly DnsTestZones _zones = new(TimeProvider.System);

    private SecretServers(KnownSecrets secrets)
    {
        ApiToken = secrets.Add("Cloudflare API token", "cf-Tok3n/with+odd=characters&of.sixty~characters-in-all-0123");
        ApiKey = secrets.Add("Cloudflare API key", "cfk-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(20)));
        secrets.Add("AWS access key id", AccessKeyId);
        SecretAccessKey = secrets.Add("AWS secret access key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)));
        SessionToken = secrets.Add("AWS session token", "IQoJb3JpZ2luX2VjE/" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(90)));
        var mac = RandomNumberGenerator.GetBytes(32);
        secrets.AddBytes("external account's MAC key", mac);
        MacKey = Base64Url.EncodeToString(mac);
        var webhook = RandomNumberGenerator.GetBytes(24);
        secrets.AddBytes("webhook's secret", webhook);
        WebhookSecret = secrets.Add("webhook's secret", "whsec_" + Convert.ToBase64String(webhook));
        WebhookPath = secrets.Add("token in the webhook's path", "T024/B0-path-token-5a1f");
        WebhookQuery = secrets.Add("token in the webhook's query", "query-token-77c02e");
    }

    public string ApiToken { get; }

    public string ApiKey { get; }

    public string SecretAccessKey { get; }

    public string SessionToken { get; }

    public string MacKey { get; }

    public string WebhookSecret { get; }

    public string WebhookPath { get; }

    public string WebhookQuery { get; }

    public AcmeTestServer Ca { get; private set; } = null!;

    /// <summary>The CA that requires an external account.</summary>
    public AcmeTestServer BindingCa { get; private set; } = null!;

    public CloudflareTestServer Cloudflare { get; private set; } = null!;

    public Route53TestServer Aws { get; private set; } = null!;

    public DnsTestServer Dns { get; private set; } = null!;

    public WebhookTestServer Webhook { get; private set; } = null!;

    public static async Task<SecretServers> StartAsync(KnownSecrets secrets, CancellationToken ct)
    {
        var servers = new SecretServers(secrets);
        foreach (var zone in new[] { "example.org", CloudflareZone, KeyZone, Route53Zone, ScriptZone, PluginZone })
        {
            servers._zones.AddZone(zone, "ns." + zone);
        }

        servers.Dns = DnsTestServer.Start(servers._zones);
        await servers.StartCertificateAuthoritiesAsync(ct);
        await servers.StartProvidersAsync(ct);
        servers.Webhook = await WebhookTestServer.StartAsync(ct);
        return servers;
    }

    /// <summary>The AWS response to an invalid signature.</summary>
    public string CanonicalRequest =>
        $"The canonical string was 'host:aws x-amz-security-token:{SessionToken} Credential={AccessKeyId}/x', the key '{SecretAccessKey}'";

    public async ValueTask DisposeAsync()
    {
        await Ca.DisposeAsync();
        await BindingCa.DisposeAsync();
        await Cloudflare.DisposeAsync();
        await Aws.DisposeAsync();
        await Dns.DisposeAsync();
        await Webhook.DisposeAsync();
    }

    private async Task StartCertificateAuthoritiesAsync(CancellationToken ct)
    {
        Ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true }, ct);
        BindingCa = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions
            {
                AcceptsAllChallenges = true,
                ExternalAccountRequired = true,
                ExternalAccounts = new Dictionary<string, string> { [ExternalKeyId] = MacKey },
            },
            ct);
    }

    private async Task StartProvidersAsync(CancellationToken ct)
    {
        Cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                OnChange = (name, values, _) =>
                {
                    _zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            ct);
        Cloudflare.AddToken(ApiToken);
        Cloudflare.AddKey(Email, ApiKey);
        Cloudflare.AddZone(CloudflareZone, "active", "ns." + CloudflareZone);
        Cloudflare.AddZone(KeyZone, "active", "ns." + KeyZone);
        Aws = await Route53TestServer.StartAsync(
            new Route53TestServerOptions { TxtChanged = (name, values) => _zones.SetTxt(name, [.. values]) }, ct);
        Aws.AddIdentity(new AwsIdentity
        {
            Arn = "arn:aws:sts::123456789012:assumed-role/dns/session",
            AccessKeyId = AccessKeyId,
            SecretAccessKey = SecretAccessKey,
            SessionToken = SessionToken,
        });
        Aws.AddZone(Route53Zone);
    }
}
