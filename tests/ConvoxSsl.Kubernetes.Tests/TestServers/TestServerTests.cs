using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>Features of the test servers beside the API, which are the same for both servers.</summary>
public abstract class TestServerTests(Func<CertManagerVersion, Task<KubernetesTestServer>> start)
{
    private static CancellationToken Ct => CancellationToken.None;

    [Fact]
    public async Task A_user_has_only_the_granted_permissions()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("rights", Ct);
        var user = server.AddUser();
        await server.GrantAsync(
            user,
            space,
            Ct,
            new RbacRule("", "secrets", "get,create,update", "mine"),
            new RbacRule("", "secrets", "create"),
            new RbacRule("cert-manager.io", "certificates/status", "patch"));
        var api = server.As(user.Token);
        await api.CreateAsync(Secret(space, "mine"), Ct);
        await api.ReplaceAsync(Secret(space, "mine"), Ct);
        await api.GetAsync($"/api/v1/namespaces/{space}/secrets/mine", Ct);
        await api.CreateAsync(Secret(space, "theirs"), Ct);
        await AssertForbiddenAsync(api.GetAsync($"/api/v1/namespaces/{space}/secrets/theirs", Ct));
        await AssertForbiddenAsync(api.GetAsync($"/api/v1/namespaces/{space}/secrets", Ct));
        await AssertForbiddenAsync(api.DeleteAsync($"/api/v1/namespaces/{space}/secrets/mine", Ct));
        await AssertForbiddenAsync(api.GetAsync("/api/v1/namespaces/default/secrets/mine", Ct));
        await AssertForbiddenAsync(api.PatchAsync($"/apis/cert-manager.io/v1/namespaces/{space}/certificates/c", new JsonObject(), Ct));
        var missing = await Assert.ThrowsAsync<KubernetesApiException>(
            () => api.PatchAsync($"/apis/cert-manager.io/v1/namespaces/{space}/certificates/c/status", new JsonObject(), Ct));
        Assert.Equal("NotFound", missing.Reason);
    }

    [Fact]
    public async Task A_grant_without_a_namespace_is_cluster_wide()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("rights", Ct);
        var user = server.AddUser();
        await server.GrantAsync(user, null, Ct, new RbacRule("*", "*", "list"), new RbacRule("", "namespaces", "get", space));
        var api = server.As(user.Token);
        await api.ListAsync("/api/v1/secrets?limit=1", Ct);
        await api.ListAsync($"/apis/cert-manager.io/v1/namespaces/{space}/certificates", Ct);
        await api.GetAsync($"/api/v1/namespaces/{space}", Ct);
        await AssertForbiddenAsync(api.GetAsync("/api/v1/namespaces/default", Ct));
    }

    [Fact]
    public async Task A_service_account_has_a_token_and_its_bound_permissions()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("account", Ct);
        var user = await server.AddServiceAccountAsync(space, "rack", Ct);
        Assert.Equal($"system:serviceaccount:{space}:rack", user.Name);
        await server.GrantAsync(user, space, Ct, new RbacRule("", "secrets", "list"));
        Assert.Empty(await server.As(user.Token).ListAsync($"/api/v1/namespaces/{space}/secrets", Ct));
    }

    [Fact]
    public async Task An_unchanged_object_keeps_its_version()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("same", Ct);
        static string Version(JsonObject value) => value["metadata"]!["resourceVersion"]!.GetValue<string>();
        var secret = Secret(space, "one");
        secret["data"] = new JsonObject { ["a"] = "YQ==" };
        var first = Version(await server.Admin.ApplyAsync(secret, Ct));
        Assert.Equal(first, Version(await server.Admin.ApplyAsync(secret, Ct)));
        Assert.Equal(
            first,
            Version(
                await server.Admin.PatchAsync(
                    KubernetesKinds.Path(secret), new JsonObject { ["data"] = secret["data"]!.DeepClone() }, Ct)));
        Assert.NotEqual(
            first, Version(await server.Admin.PatchAsync(KubernetesKinds.Path(secret), new JsonObject { ["data"] = null }, Ct)));
    }

    [Fact]
    public async Task An_unknown_token_is_refused_with_401()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var error = await Assert.ThrowsAsync<KubernetesApiException>(() => server.As("unknown").GetAsync("/api/v1/namespaces", Ct));
        Assert.Equal((401, "Unauthorized"), (error.Status, error.Reason));
    }

    [Theory]
    [InlineData("/api/v1", "secrets", "Secret", true)]
    [InlineData("/api/v1", "namespaces/status", "Namespace", false)]
    [InlineData("/apis/coordination.k8s.io/v1", "leases", "Lease", true)]
    [InlineData("/apis/cert-manager.io/v1", "certificates/status", "Certificate", true)]
    [InlineData("/apis/cert-manager.io/v1", "clusterissuers", "ClusterIssuer", false)]
    [InlineData("/apis/acme.cert-manager.io/v1", "challenges", "Challenge", true)]
    public async Task Discovery_lists_served_resources(string path, string name, string kind, bool isNamespaced)
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var list = await server.Admin.GetAsync(path, Ct);
        var found = list["resources"]!.AsArray().Single(r => r!["name"]!.GetValue<string>() == name)!;
        Assert.Equal((kind, isNamespaced), (found["kind"]!.GetValue<string>(), found["namespaced"]!.GetValue<bool>()));
        Assert.Contains("patch", found["verbs"]!.AsArray().Select(v => v!.GetValue<string>()));
        var groups = (await server.Admin.GetAsync("/apis", Ct))["groups"]!.AsArray()
            .Select(g => "/apis/" + g!["preferredVersion"]!["groupVersion"]);
        Assert.Contains(path, groups.Append("/api/v1"));
    }

    [Fact]
    public async Task Ten_pages_of_many_Secrets_are_sorted_by_name()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("many", Ct);
        await server.CreateManyAsync(Enumerable.Range(0, 1000).Select(i => Secret(space, $"s{i:0000}")), Ct);
        var names = new List<string>();
        var (token, pages) = (string.Empty, 0);
        do
        {
            var page = await server.Admin.GetAsync($"/api/v1/namespaces/{space}/secrets?limit=100&continue={token}", Ct);
            names.AddRange(page["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.GetValue<string>()));
            token = page["metadata"]!["continue"]?.GetValue<string>();
            pages++;
        }
        while (!string.IsNullOrEmpty(token));
        Assert.Equal(10, pages);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"s{i:0000}"), names);
    }

    [Fact]
    public async Task A_deleted_namespace_is_removed_with_its_contents()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var space = await server.CreateNamespaceAsync("short", Ct, new Dictionary<string, string> { ["rack"] = "r" });
        var kept = Secret(space, "kept");
        kept["metadata"]!["finalizers"] = new JsonArray("x.test/y");
        await server.Admin.CreateAsync(kept, Ct);
        await server.Admin.CreateAsync(Secret(space, "free"), Ct);
        await server.DeleteNamespaceAsync(space, Ct);
        Assert.Null(await server.Admin.FindAsync($"/api/v1/namespaces/{space}", Ct));
        Assert.Empty(await server.Admin.ListAsync($"/api/v1/namespaces/{space}/secrets", Ct));
        await server.EnsureNamespaceAsync(space, Ct);
        await server.EnsureNamespaceAsync(space, Ct);
        await server.DeleteNamespaceAsync(space, Ct);
        await server.DeleteNamespaceAsync(space, Ct);
    }

    [Fact]
    public async Task Only_one_test_at_a_time_has_a_reservation()
    {
        var server = await start(CertManagerVersion.V1_10_2);
        var name = KubernetesTestServer.UniqueName("thing");
        var first = await server.ReserveAsync(name, Ct);
        var second = server.ReserveAsync(name, Ct);
        Assert.False(second.IsCompleted);
        first.Dispose();
        first.Dispose();
        (await second).Dispose();
    }

    private static JsonObject Secret(string space, string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
    };

    private static async Task AssertForbiddenAsync(Task request)
    {
        var error = await Assert.ThrowsAsync<KubernetesApiException>(() => request);
        Assert.Equal((403, "Forbidden"), (error.Status, error.Reason));
    }
}

public sealed class ScriptedTestServerTests() : TestServerTests(KubernetesTestServers.ScriptedAsync);

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentTestServerTests() : TestServerTests(KubernetesTestServers.CurrentAsync);
