using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Tests;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Connection;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Racks;

/// <summary>A separate empty rack on a test server, with the namespace labels of a Convox installation.</summary>
internal sealed class TestRack : IDisposable
{
    private readonly TemporaryDirectory _home = new();
    private readonly List<IDisposable> _opened = [];

    private TestRack(KubernetesTestServer server, string name)
    {
        Server = server;
        Scope = RackScope.Create(new KubernetesRackOptions { Name = name });
    }

    public KubernetesTestServer Server { get; }

    public RackScope Scope { get; }

    public string Namespace => Scope.Namespace;

    public string SecretsPath => $"/api/v1/namespaces/{Namespace}/secrets";

    public static async Task<TestRack> CreateAsync(KubernetesTestServer server)
    {
        var rack = new TestRack(server, KubernetesTestServer.UniqueName("rack"));
        await rack.AddNamespaceAsync(rack.Namespace);
        return rack;
    }

    /// <summary>Gets the namespace of an app.</summary>
    public async Task<string> AddAppAsync(string app)
    {
        await AddNamespaceAsync(Scope.NamespaceOf(app));
        return Scope.NamespaceOf(app);
    }

    /// <summary>Opens the rack as another process would.</summary>
    public KubernetesRack Open(TimeProvider? time = null, string? token = null) =>
        Keep(new KubernetesRack(Client(time, token), Scope, TestDnsProviders.All, time ?? TimeProvider.System));

    /// <summary>Creates a client of the API server.</summary>
    public ClusterApi Client(TimeProvider? time = null, string? token = null)
    {
        var file = _home[$"config-{Guid.NewGuid():N}"];
        Server.WriteKubeConfig(file, token);
        return Keep(new ClusterApi(Connect(file), time ?? TimeProvider.System));
    }

    /// <summary>Creates a client for a kubeconfig whose user has a token.</summary>
    public static ClusterClient Connect(string file)
    {
        var context = KubeConfig.Find(file)!.Select(null);
        return ClusterClient.Create(context, FixedTokens.FromToken(context.User!.Token!), null);
    }

    /// <summary>Gets a Secret in the rack's namespace; null if it does not exist.</summary>
    public Task<JsonObject?> FindSecretAsync(string name) => Server.Admin.FindAsync($"{SecretsPath}/{name}", default);

    /// <summary>Lists the names of the Secrets in the rack's namespace.</summary>
    public async Task<IReadOnlyList<string>> SecretNamesAsync() =>
        [.. (await Server.Admin.ListAsync(SecretsPath, default)).Select(s => (string)s["metadata"]!["name"]!)];

    public void Dispose()
    {
        _opened.ForEach(o => o.Dispose());
        _home.Dispose();
    }

    private Task AddNamespaceAsync(string name) =>
        Server.EnsureNamespaceAsync(name, default, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = Scope.Name });

    private T Keep<T>(T opened)
        where T : IDisposable
    {
        lock (_opened)
        {
            _opened.Add(opened);
        }

        return opened;
    }
}
