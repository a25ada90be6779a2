using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Access;

/// <summary>The check of an identity's permissions on a rack.</summary>
public abstract class RackAccessTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private TestRack _home = null!;

    public async Task InitializeAsync() => _home = await TestRack.CreateAsync(await start());

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_administrator_lacks_no_permission()
    {
        var rack = _home.Open();

        await rack.RequireReadableAsync(default);
        await rack.PrepareAsync(default);
        Assert.Empty(await rack.FindMissingRightsAsync(default));
        Assert.True(await rack.HasCertManagerAsync(default));
    }

    [Fact]
    public async Task An_identity_without_permissions_lacks_all_by_purpose()
    {
        var rack = _home.Open(token: _home.Server.AddUser().Token);

        await rack.RequireReadableAsync(default);
        var missing = await rack.FindMissingRightsAsync(default);

        Assert.Equal(5, missing.Select(right => right.Purpose).Distinct().Count());
        Assert.Contains(
            $"get, list secrets in {_home.Namespace}",
            MissingAccess.Describe(missing.Where(right => right.Purpose == "Reading certificates")),
            StringComparison.Ordinal);
        Assert.Contains(missing, right => right.ToString() == $"patch certificates/status.cert-manager.io in {_home.Namespace}");
        Assert.Contains(missing, right => right.ToString() == "list namespaces");
        var error = await Assert.ThrowsAsync<EngineException>(() => rack.PrepareAsync(default));
        Assert.Equal(("RackNotWritable", EngineErrorKind.Denied), (error.Code, error.Kind));
        Assert.Contains(
            $"get, create, patch, delete leases.coordination.k8s.io in {_home.Namespace}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_granted_permission_is_not_missing_and_a_failed_check_is_repeated()
    {
        var user = _home.Server.AddUser();
        var rack = _home.Open(token: user.Token);
        await Assert.ThrowsAsync<EngineException>(() => rack.PrepareAsync(default));

        await _home.Server.GrantAsync(
            user,
            _home.Namespace,
            default,
            new RbacRule("", "secrets", "get,list,create,patch,delete"),
            new RbacRule("coordination.k8s.io", "leases", "get,create,patch,delete"));

        await rack.PrepareAsync(default);
        Assert.DoesNotContain(
            await rack.FindMissingRightsAsync(default),
            right => right.Namespace == _home.Namespace && right.Resource is "secrets" or "leases.coordination.k8s.io");
    }

    [Fact]
    public async Task Permissions_in_the_apps_namespaces_suffice()
    {
        var user = _home.Server.AddUser();
        var one = await _home.AddAppAsync("one");
        var two = await _home.AddAppAsync("two");
        await _home.Server.GrantAsync(user, null, default, new RbacRule("", "namespaces", "list"));
        await _home.Server.GrantAsync(user, one, default, new RbacRule("", "secrets", "get,list,create,patch"));

        var missing = (await _home.Open(token: user.Token).FindMissingRightsAsync(default))
            .Where(right => right.Purpose == "Publishing to apps")
            .ToList();

        Assert.Equal($"get, list, create, patch secrets in {two}", MissingAccess.Describe(missing));
    }

    [Fact]
    public async Task A_missing_namespace_is_reported_to_an_identity_that_can_read_namespaces()
    {
        var options = new KubernetesRackOptions { Name = "rack", Namespace = KubernetesTestServer.UniqueName("nowhere") };
        using var known = new KubernetesRack(_home.Client(), RackScope.Create(options), [], TimeProvider.System);
        using var hidden = new KubernetesRack(
            _home.Client(token: _home.Server.AddUser().Token), RackScope.Create(options), [], TimeProvider.System);

        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<EngineException>(() => known.RequireReadableAsync(default))).Code);
        await hidden.RequireReadableAsync(default);
    }
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentRackAccessTests() : RackAccessTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedRackAccessTests() : RackAccessTests(() => KubernetesTestServers.ScriptedAsync())
{
    [Fact]
    public async Task Without_cert_manager_its_permissions_are_not_required()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(
            new ScriptedKubernetesOptions { CertManager = CertManagerVersion.None }, default);
        using var home = await TestRack.CreateAsync(server);
        var rack = home.Open(token: server.AddUser().Token);

        Assert.False(await rack.HasCertManagerAsync(default));
        Assert.DoesNotContain(
            await rack.FindMissingRightsAsync(default),
            right => right.Resource.EndsWith(ApiResource.CertManagerGroup, StringComparison.Ordinal));
    }
}
