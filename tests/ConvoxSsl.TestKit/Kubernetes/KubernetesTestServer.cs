using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// A Kubernetes API server for tests: a real one (<see cref="EnvTestServer"/>) or the scripted one
/// (<see cref="ScriptedKubernetesServer"/>). It has no controllers: tests simulate cert-manager, and a deleted namespace stays
/// until its contents are gone. Tests share the server, so each uses its own namespace.
/// </summary>
public abstract class KubernetesTestServer : IAsyncDisposable
{
    private readonly ConcurrentBag<HttpClient> _clients = [];
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);
    private readonly Lazy<KubernetesApi> _admin;

    private protected KubernetesTestServer() => _admin = new Lazy<KubernetesApi>(() => As(AdminToken));

    /// <summary>The server's description in the test summary, such as <c>real kube-apiserver v1.20.2</c>.</summary>
    public abstract string Description { get; }

    /// <summary>True for a real kube-apiserver.</summary>
    public abstract bool IsReal { get; }

    /// <summary>The server's https URL without a path.</summary>
    public abstract Uri BaseUrl { get; }

    /// <summary>The root of the server's certificate.</summary>
    public abstract string CaCertificatePem { get; }

    /// <summary>The token of an administrator in <c>system:masters</c>.</summary>
    public abstract string AdminToken { get; }

    /// <summary>The API as the administrator.</summary>
    public KubernetesApi Admin => _admin.Value;

    /// <summary>Adds a unique user without permissions; the server chooses the name.</summary>
    public abstract KubernetesTestUser AddUser();

    /// <summary>Creates a service account and its token.</summary>
    public abstract Task<KubernetesTestUser> AddServiceAccountAsync(string namespaceName, string name, CancellationToken ct);

    /// <summary>Creates the API for a token; null for an anonymous user.</summary>
    public KubernetesApi As(string? token) => new(CreateClient(token));

    /// <summary>Creates a client that trusts the server and has the token; it is disposed with the server.</summary>
    public HttpClient CreateClient(string? token)
    {
        var root = X509Certificate2.CreateFromPem(CaCertificatePem);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        var client = new HttpClient(handler) { BaseAddress = BaseUrl, Timeout = TestTime.Hang };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _clients.Add(client);
        return client;
    }

    /// <summary>Creates a namespace with a unique name.</summary>
    /// <returns>Its name: the prefix, a hyphen and eight hexadecimal digits.</returns>
    public async Task<string> CreateNamespaceAsync(string prefix, CancellationToken ct, IReadOnlyDictionary<string, string>? labels = null)
    {
        var name = UniqueName(prefix);
        await EnsureNamespaceAsync(name, ct, labels);
        return name;
    }

    /// <summary>Creates a namespace of that name if it does not exist.</summary>
    public async Task EnsureNamespaceAsync(string name, CancellationToken ct, IReadOnlyDictionary<string, string>? labels = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (labels is not null)
        {
            metadata["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        }

        try
        {
            await Admin.CreateAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = metadata }, ct);
        }
        catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
        {
        }
    }

    /// <summary>Creates many objects, in parallel.</summary>
    public Task CreateManyAsync(IEnumerable<JsonObject> values, CancellationToken ct) => Parallel.ForEachAsync(
        values,
        new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
        async (value, token) => await Admin.CreateAsync(value, token));

    /// <summary>
    /// Deletes a namespace and its contents, regardless of finalizers, as the controllers of a cluster eventually do. A missing
    /// namespace is ignored.
    /// </summary>
    public async Task DeleteNamespaceAsync(string name, CancellationToken ct)
    {
        foreach (var path in KubernetesKinds.NamespacedPaths(name))
        {
            foreach (var item in (await Admin.FindAsync(path, ct))?["items"]?.AsArray() ?? [])
            {
                await RemoveAsync($"{path}/{item!["metadata"]!["name"]}", item["metadata"]!["finalizers"] is not null, ct);
            }
        }

        var space = $"/api/v1/namespaces/{name}";
        if (await Admin.FindAsync(space, ct) is not null)
        {
            await Admin.DeleteAsync(space, ct);
            await Admin.PutAsync(
                $"{space}/finalize",
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = new JsonObject { ["name"] = name },
                    ["spec"] = new JsonObject(),
                },
                ct);
        }
    }

    private async Task RemoveAsync(string path, bool hasFinalizers, CancellationToken ct)
    {
        try
        {
            if (hasFinalizers)
            {
                await Admin.PatchAsync(path, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, ct);
            }

            await Admin.DeleteAsync(path, ct);
        }
        catch (KubernetesApiException e) when (e.Status == 404)
        {
        }
    }

    /// <summary>Creates a unique name.</summary>
    public static string UniqueName(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>Grants permissions to a user with a Role and its binding, or with a ClusterRole if there is no namespace.</summary>
    /// <returns>The name of both.</returns>
    public async Task<string> GrantAsync(KubernetesTestUser user, string? namespaceName, CancellationToken ct, params RbacRule[] rules)
    {
        var name = UniqueName("grant");
        var scope = namespaceName is null ? "Cluster" : string.Empty;
        const string Rbac = "rbac.authorization.k8s.io";
        JsonObject Metadata() => namespaceName is null
            ? new JsonObject { ["name"] = name }
            : new JsonObject { ["name"] = name, ["namespace"] = namespaceName };
        await Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = $"{Rbac}/v1",
                ["kind"] = $"{scope}Role",
                ["metadata"] = Metadata(),
                ["rules"] = new JsonArray([.. rules.Select(r => r.ToJson())]),
            },
            ct);
        await Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = $"{Rbac}/v1",
                ["kind"] = $"{scope}RoleBinding",
                ["metadata"] = Metadata(),
                ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "User", ["name"] = user.Name, ["apiGroup"] = Rbac }),
                ["roleRef"] = new JsonObject { ["kind"] = $"{scope}Role", ["name"] = name, ["apiGroup"] = Rbac },
            },
            ct);
        await WaitUntilAllowedAsync(user, namespaceName, rules, ct);
        return name;
    }

    // A real server applies a binding a moment after storing it.
    private async Task WaitUntilAllowedAsync(KubernetesTestUser user, string? namespaceName, RbacRule[] rules, CancellationToken ct)
    {
        var api = As(user.Token);
        foreach (var attributes in rules.SelectMany(r => r.EachAccess(namespaceName)))
        {
            var review = new JsonObject
            {
                ["apiVersion"] = "authorization.k8s.io/v1",
                ["kind"] = "SelfSubjectAccessReview",
                ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
            };
            while (!(await api.CreateAsync(review, ct))["status"]!["allowed"]!.GetValue<bool>())
            {
                await Task.Delay(20, ct);
            }
        }
    }

    /// <summary>Writes a kubeconfig with one cluster, one user and one context, which is the current one.</summary>
    /// <param name="token">The token; null for <see cref="AdminToken"/>.</param>
    /// <param name="namespaceName">The context's namespace; null if it has none.</param>
    public void WriteKubeConfig(string path, string? token = null, string contextName = "test", string? namespaceName = null) =>
        File.WriteAllText(path, KubeConfig(token, contextName, namespaceName));

    /// <summary>Creates the text of such a kubeconfig.</summary>
    public string KubeConfig(string? token = null, string contextName = "test", string? namespaceName = null) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster:
            server: {BaseUrl.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(CaCertificatePem))}
        users:
        - name: test
          user:
            token: {token ?? AdminToken}
        contexts:
        - name: {contextName}
          context:
            cluster: test
            user: test{(namespaceName is null ? string.Empty : $"\n    namespace: {namespaceName}")}
        current-context: {contextName}

        """;

    /// <summary>
    /// Waits for exclusive use of a shared name in this process, such as the namespace <c>cert-manager</c> or a ClusterIssuer's
    /// name. Disposing the result releases it.
    /// </summary>
    public async Task<IDisposable> ReserveAsync(string what, CancellationToken ct)
    {
        var gate = _locks.GetOrAdd(what, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        return new Reservation(gate);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await StopAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<JsonObject> CreateServiceAccountAsync(string namespaceName, string name, CancellationToken ct) =>
        Admin.CreateAsync(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ServiceAccount",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = namespaceName },
        },
        ct);

    /// <summary>Stops the server and deletes its files.</summary>
    protected abstract ValueTask StopAsync();

    private sealed class Reservation(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
