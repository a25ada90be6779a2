using System.Text;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>The .NET client works with a test server through its kubeconfig.</summary>
public abstract class KubernetesClientTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private readonly TemporaryDirectory _home = new();
    private KubernetesTestServer _server = null!;
    private k8s.Kubernetes _client = null!;
    private string _namespace = null!;

    private static CancellationToken Ct => CancellationToken.None;

    public async Task InitializeAsync()
    {
        _server = await start();
        _namespace = await _server.CreateNamespaceAsync("client", Ct);
        _server.WriteKubeConfig(_home["config"], contextName: "rack", namespaceName: _namespace);
        _client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_home["config"], "rack"));
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Client_creates_reads_changes_and_deletes_a_Secret()
    {
        var secret = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "one", Labels = new Dictionary<string, string> { ["system"] = "convox" } },
            Data = new Dictionary<string, byte[]> { ["a"] = Encoding.UTF8.GetBytes("1") },
        };
        var created = await _client.CoreV1.CreateNamespacedSecretAsync(secret, _namespace, cancellationToken: Ct);
        created.Data["b"] = [1, 2];
        await _client.CoreV1.ReplaceNamespacedSecretAsync(created, "one", _namespace, cancellationToken: Ct);
        var conflict = await Assert.ThrowsAsync<HttpOperationException>(
            () => _client.CoreV1.ReplaceNamespacedSecretAsync(created, "one", _namespace, cancellationToken: Ct));
        Assert.Equal(409, (int)conflict.Response.StatusCode);
        var patch = new V1Patch("""{"data":{"a":null}}""", V1Patch.PatchType.MergePatch);
        await _client.CoreV1.PatchNamespacedSecretAsync(patch, "one", _namespace, cancellationToken: Ct);
        var found = Assert.Single(
            (await _client.CoreV1.ListNamespacedSecretAsync(_namespace, labelSelector: "system=convox", cancellationToken: Ct)).Items);
        Assert.Equal([1, 2], found.Data["b"]);
        Assert.False(found.Data.ContainsKey("a"));
        await _client.CoreV1.DeleteNamespacedSecretAsync("one", _namespace, cancellationToken: Ct);
        Assert.Empty((await _client.CoreV1.ListNamespacedSecretAsync(_namespace, cancellationToken: Ct)).Items);
    }

    [Fact]
    public async Task Client_pages_through_a_list()
    {
        for (var i = 0; i < 5; i++)
        {
            await _client.CoreV1.CreateNamespacedSecretAsync(
                new V1Secret { Metadata = new V1ObjectMeta { Name = $"s{i}" } }, _namespace, cancellationToken: Ct);
        }

        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await _client.CoreV1.ListNamespacedSecretAsync(
                _namespace, limit: 2, continueParameter: token, cancellationToken: Ct);
            names.AddRange(page.Items.Select(s => s.Metadata.Name));
            token = page.Metadata.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(token));
        Assert.Equal(["s0", "s1", "s2", "s3", "s4"], names);
    }

    [Fact]
    public async Task Client_acquires_a_lease()
    {
        var now = DateTime.UtcNow;
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta { Name = "lock" },
            Spec = new V1LeaseSpec { HolderIdentity = "me", LeaseDurationSeconds = 30, AcquireTime = now, RenewTime = now },
        };
        var taken = await _client.CoordinationV1.CreateNamespacedLeaseAsync(lease, _namespace, cancellationToken: Ct);
        Assert.Equal("me", taken.Spec.HolderIdentity);
        var error = await Assert.ThrowsAsync<HttpOperationException>(
            () => _client.CoordinationV1.CreateNamespacedLeaseAsync(lease, _namespace, cancellationToken: Ct));
        Assert.Contains("\"reason\":\"AlreadyExists\"", error.Response.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_checks_permissions()
    {
        var review = new V1SelfSubjectAccessReview
        {
            Spec = new V1SelfSubjectAccessReviewSpec
            {
                ResourceAttributes = new V1ResourceAttributes { Verb = "get", Resource = "secrets", NamespaceProperty = _namespace },
            },
        };
        Assert.True((await _client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(review, cancellationToken: Ct)).Status.Allowed);
    }

    [Fact]
    public async Task Client_uses_a_custom_resource()
    {
        var certificates = new GenericClient(_client, "cert-manager.io", "v1", "certificates", disposeClient: false);
        var value = new Certificate
        {
            ApiVersion = "cert-manager.io/v1",
            Kind = "Certificate",
            Metadata = new V1ObjectMeta { Name = "c" },
            Spec = new Dictionary<string, object>
            {
                ["secretName"] = "c",
                ["dnsNames"] = new[] { "a.test" },
                ["issuerRef"] = new Dictionary<string, string> { ["name"] = "letsencrypt", ["kind"] = "ClusterIssuer" },
            },
        };
        var created = await certificates.CreateNamespacedAsync(value, _namespace, Ct);
        Assert.Equal(1, created.Metadata.Generation);
        Assert.Equal("c", (await certificates.ReadNamespacedAsync<Certificate>(_namespace, "c", Ct)).Metadata.Name);
    }

    private sealed class Certificate : IKubernetesObject<V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public V1ObjectMeta Metadata { get; set; } = new();

        public Dictionary<string, object> Spec { get; set; } = [];
    }
}

public sealed class ScriptedKubernetesClientTests() : KubernetesClientTests(() => KubernetesTestServers.ScriptedAsync());

public sealed class CurrentKubernetesClientTests() : KubernetesClientTests(() => KubernetesTestServers.CurrentAsync());
