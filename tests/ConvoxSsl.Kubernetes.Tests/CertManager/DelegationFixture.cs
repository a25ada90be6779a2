using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>A rack with a simulated cert-manager, and sessions with engines on it.</summary>
internal sealed class DelegationFixture : IAsyncDisposable, IProgress<IssuanceEvent>
{
    private readonly ChallengeSolvers _solvers = new();
    private readonly ConcurrentQueue<IssuanceEvent> _events = new();
    private readonly List<IssuanceEngine> _engines = [];
    private readonly List<CertManagerSimulator> _others = [];

    private DelegationFixture(TestRack home, CertManagerSimulator player)
    {
        Home = home;
        Player = player;
    }

    public TestRack Home { get; }

    private EngineOptions Options { get; init; } = new();

    public CertManagerSimulator Player { get; }

    public KubernetesApi Api => Home.Server.Admin;

    public string CertificatesPath => $"/apis/cert-manager.io/v1/namespaces/{Home.Namespace}/certificates";

    public IReadOnlyList<IssuanceEvent> Events => [.. _events];

    public IReadOnlyList<string> Warnings => ReadTexts(IssuanceEventKind.Warning);

    public IReadOnlyList<string> Steps => ReadTexts(IssuanceEventKind.Step);

    public static async Task<DelegationFixture> StartAsync(
        KubernetesTestServer server, CertManagerPlan? plan = null, bool ownsSecrets = false, DnsResolverOptions? resolver = null)
    {
        var home = await TestRack.CreateAsync(server);
        var decided = plan ?? CertManagerPlan.Issue;
        return new DelegationFixture(home, new CertManagerSimulator(server.Admin, home.Namespace, _ => decided, ownsSecrets))
        {
            Options = resolver is null ? new EngineOptions() : new EngineOptions { Resolver = resolver },
        };
    }

    public static IssueRequest Request(params string[] names) => new()
    {
        Names = CertificateNameSet.Parse(names),
        Issuer = Issuer.Parse("letsencrypt"),
        Settings = new IssuanceSettings(),
        Timeout = TestTime.Hang,
    };

    /// <summary>Opens an engine as another process would.</summary>
    public async Task<IssuanceEngine> OpenAsync(string? token = null) => (await OpenRackAsync(token)).Engine;

    /// <summary>Opens an engine and its rack.</summary>
    public async Task<(IssuanceEngine Engine, IRack Rack)> OpenRackAsync(string? token = null, TimeProvider? time = null)
    {
        var rack = Home.Open(time, token);

        // Other tests create and delete the cluster's issuers too, and a rack caches what it has seen.
        using (await Home.Server.ReserveAsync("cert-manager", default))
        {
            await EnsureIssuerAsync("letsencrypt");
            await rack.Controller!.IssuesAsync("letsencrypt", default);
        }

        var engine = new IssuanceEngine(rack, _solvers, TimeProvider.System, this, Options);
        _engines.Add(engine);
        return (engine, rack);
    }

    public void Play(string namespaceName) => _others.Add(new CertManagerSimulator(Api, namespaceName));

    public async Task EnsureIssuerAsync(string name)
    {
        try
        {
            await Api.CreateAsync(
                $$"""
                {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"{{name}}"},"spec":{
                "selfSigned":{} } }
                """,
                default);
        }
        catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
        {
        }
    }

    /// <summary>Creates a Certificate as another program would.</summary>
    public async Task MakeAsync(string namespaceName, string name, string secretName, string domain) => await Api.CreateAsync(
        $$"""
        {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"{{name}}","namespace":"{{namespaceName}}"},
         "spec":{"issuerRef":{"group":"cert-manager.io","kind":"ClusterIssuer","name":"letsencrypt"},"dnsNames":["{{domain}}"],
          "secretName":"{{secretName}}"} }
        """,
        default);

    public static async Task<List<CertificateState>> ListAsync(IssuanceEngine engine)
    {
        var listed = new List<CertificateState>();
        await foreach (var state in engine.Certificates.ListAsync(null, default))
        {
            listed.Add(state);
        }

        return listed;
    }

    public async Task<JsonObject?> CertificateAsync(string name) => await Api.FindAsync($"{CertificatesPath}/{name}", default);

    public void Report(IssuanceEvent value) => _events.Enqueue(value);

    public async ValueTask DisposeAsync()
    {
        _engines.ForEach(e => e.Dispose());
        foreach (var player in _others.Prepend(Player))
        {
            await player.DisposeAsync();
        }

        await _solvers.DisposeAsync();
        Home.Dispose();
    }

    private IReadOnlyList<string> ReadTexts(IssuanceEventKind kind) => [.. _events.Where(e => e.Kind == kind).Select(e => e.Text)];
}
