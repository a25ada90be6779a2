using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Tests;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Locks;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Solvers;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Solvers;

/// <summary>A rack named <c>test</c> on an API server, with exclusive use of the cert-manager namespace.</summary>
internal sealed class SolverCluster : IAsyncDisposable
{
    public const string Issuer = "/apis/cert-manager.io/v1/clusterissuers/letsencrypt";
    private const string CertManager = "/api/v1/namespaces/cert-manager/secrets";

    private readonly IDisposable _reservation;
    private readonly TemporaryDirectory _directory = new();
    private readonly List<ClusterApi> _clients = [];

    private SolverCluster(KubernetesTestServer server, IDisposable reservation, string rackNamespace)
    {
        Server = server;
        _reservation = reservation;
        Namespace = rackNamespace;
        Convox = new ConvoxApi(server.Admin);
        Store = NewStore();
    }

    public KubernetesTestServer Server { get; }

    public KubernetesApi Admin => Server.Admin;

    public string Namespace { get; }

    public ConvoxApi Convox { get; }

    public KubernetesDnsSolverStore Store { get; }

    public static async Task<SolverCluster> StartAsync(KubernetesTestServer server, bool hasCertManager = true)
    {
        if (hasCertManager)
        {
            await server.EnsureNamespaceAsync("cert-manager", default);
        }

        return new SolverCluster(server, await ReserveAsync(server), await server.CreateNamespaceAsync("test", default));
    }

    /// <summary>Waits for exclusive use of the cluster's solvers, and removes all of them.</summary>
    public static async Task<IDisposable> ReserveAsync(KubernetesTestServer server)
    {
        var reservation = await server.ReserveAsync("cert-manager", default);
        await ClearAsync(server.Admin);
        return reservation;
    }

    /// <summary>Removes the solver Secrets in cert-manager's namespace, and the ClusterIssuer.</summary>
    public static async Task ClearAsync(KubernetesApi admin)
    {
        foreach (var secret in await admin.ListAsync(CertManager, default))
        {
            await admin.DeleteAsync($"{CertManager}/{secret["metadata"]!["name"]}", default);
        }

        foreach (var path in new[] { Issuer, "/api/v1/namespaces/cert-manager/serviceaccounts/cert-manager" })
        {
            if (await admin.FindAsync(path, default) is not null)
            {
                await admin.DeleteAsync(path, default);
            }
        }
    }

    /// <summary>Creates a store as another process would.</summary>
    public KubernetesDnsSolverStore NewStore(string? token = null, string? region = null)
    {
        var file = Path.Combine(_directory.Path, $"config-{_clients.Count}");
        Server.WriteKubeConfig(file, token);
        var options = new KubernetesRackOptions { Name = "test", KubeConfig = file, Namespace = Namespace };
        var api = new ClusterApi(TestRack.Connect(file), TimeProvider.System);
        _clients.Add(api);
        return new KubernetesDnsSolverStore(
            api,
            RackScope.Create(options),
            new LeaseLocks(api, Namespace, TimeProvider.System),
            new DnsSolverFormat(TestDnsProviders.All),
            name => name == "AWS_REGION" ? region : null);
    }

    public static DnsSolver Route53(int id, params string[] zones) => new()
    {
        Id = id,
        DnsZones = zones,
        Settings = new Route53Settings
        {
            HostedZoneId = $"ZONE{id}",
            Region = "eu-west-1",
            Role = $"arn:aws:iam::123456789012:role/dns-{id}",
        },
    };

    public static DnsSolver Cloudflare(int id, params string[] zones) =>
        new() { Id = id, DnsZones = zones, Settings = new CloudflareSettings() };

    public async Task<string> ConfigTextAsync() => await ValueAsync("cert-manager", LetsEncryptConfig.SecretName, "config") ?? string.Empty;

    public async Task<JsonObject> ConfigAsync() => JsonNode.Parse(await ConfigTextAsync())!.AsObject();

    public async Task<JsonArray> IssuerSolversAsync() => (await Admin.GetAsync(Issuer, default))["spec"]!["acme"]!["solvers"]!.AsArray();

    /// <summary>Lists the zones of cert-manager's dns01 solvers, by provider.</summary>
    public async Task<string> DescribeAttachedAsync() => string.Join(
        "; ",
        (await IssuerSolversAsync())
            .Where(s => s!["dns01"] is not null)
            .Select(s =>
                $"{s!["dns01"]!.AsObject().Single(m => m.Value is JsonObject).Key} "
                    + $"{string.Join(',', s["selector"]!["dnsZones"]!.AsArray())}"));

    public async Task<string?> ValueAsync(string inNamespace, string secret, string key) =>
        (await Admin.FindAsync($"/api/v1/namespaces/{inNamespace}/secrets/{secret}", default))?["data"]?[key] is { } value
            ? Encoding.UTF8.GetString(Convert.FromBase64String(value.GetValue<string>()))
            : null;

    public async Task<string> DescribeDetachedAsync() => string.Join(',', (await Store.ListDetachedAsync(default)).Order());

    public async Task<string> DescribeListedAsync() =>
        string.Join("; ", (await Store.ListAsync(default)).Select(s => $"{s.Id} {string.Join(',', s.DnsZones)}"));

    /// <summary>Simulates an upgrade of cert-manager, which deletes and recreates its namespace and CRDs.</summary>
    public Task UpgradeCertManagerAsync() => ClearAsync(Admin);

    public async ValueTask DisposeAsync()
    {
        await ClearAsync(Admin);
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _directory.Dispose();
        _reservation.Dispose();
    }
}
