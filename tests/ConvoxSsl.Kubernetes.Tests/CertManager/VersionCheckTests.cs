using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.Kubernetes.Tests.Solvers;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>The version of an installed cert-manager, and its known faults.</summary>
public abstract class VersionCheckTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private const string Repository = "registry.example.org:5000/jetstack/cert-manager-controller";
    private readonly DnsSolver _solver = SolverCluster.Cloudflare(1, "example.org");
    private TestRack _home = null!;
    private IDisposable _reservation = null!;

    private KubernetesApi Admin => _home.Server.Admin;

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await start());
        await _home.Server.EnsureNamespaceAsync("cert-manager", default);
        _reservation = await SolverCluster.ReserveAsync(_home.Server);
    }

    public async Task DisposeAsync()
    {
        await InstalledCertManager.DeleteAsync(Admin, default);
        await SolverCluster.ClearAsync(Admin);
        _reservation.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData(":v1.10.2", "v1.10.3", "v1.10.2", true)]
    [InlineData(":v1.10.2@sha256:0123", "v1.18.2", "v1.10.2", true)]
    [InlineData(":1.16.4", "v1.10.2", "1.16.4", false)]
    [InlineData("@sha256:0123", "v1.17.0", "v1.17.0", true)]
    [InlineData(":latest", "v1.18.2", "v1.18.2", false)]
    [InlineData(":latest", null, null, null)]
    public async Task The_images_tag_precedes_the_labels(string tag, string? label, string? version, bool? hasFault)
    {
        await InstalledCertManager.CreateAsync(Admin, Repository + tag, label, default);

        var check = (await _home.Open().Controller!.CheckAsync(_solver, default))!;

        Assert.Equal(("cert-manager", hasFault), (check.Controller, check.HasFault));
        Assert.Contains(version ?? "is unknown", check.Message, StringComparison.Ordinal);
        Assert.Equal(hasFault is true, check.Message.Contains("cert-manager#7540", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_permission_the_version_comes_from_the_ServiceAccount_or_is_unknown()
    {
        await InstalledCertManager.CreateAsync(Admin, $"{Repository}:v1.10.2", "v1.10.3", default);
        var user = _home.Server.AddUser();

        var hidden = (await _home.Open(token: user.Token).Controller!.CheckAsync(_solver, default))!;
        await _home.Server.GrantAsync(user, "cert-manager", default, new RbacRule("", "serviceaccounts", "get"));
        var labelled = (await _home.Open(token: user.Token).Controller!.CheckAsync(_solver, default))!;

        Assert.Null(hidden.HasFault);
        Assert.Contains("may not get deployments.apps", hidden.Message, StringComparison.Ordinal);
        Assert.True(labelled.HasFault);
        Assert.Contains("v1.10.3", labelled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_solvers_that_cert_manager_uses_are_checked()
    {
        await InstalledCertManager.CreateAsync(Admin, $"{Repository}:v1.10.2", null, default);
        var controller = _home.Open().Controller!;

        Assert.Null(await controller.CheckAsync(SolverCluster.Route53(1, "example.org"), default));
        Assert.Null(await controller.CheckAsync(_solver with { VaultSecret = new VaultSecret("cloudflare", null) }, default));
    }

    [Fact]
    public async Task The_test_of_a_solver_begins_with_the_version()
    {
        await InstalledCertManager.CreateAsync(Admin, $"{Repository}:v1.10.2", null, default);
        var rack = _home.Open();
        await using (await rack.LockAsync("solvers", null, default))
        {
            await rack.DnsSolvers.SaveAsync(_solver, new DnsSecret("token"), default);
        }

        await using var listeners = new ChallengeSolvers();
        using var engine = new IssuanceEngine(rack, listeners, TimeProvider.System, new Progress<IssuanceEvent>());
        DnsCheck? first = null;
        await foreach (var check in engine.DnsSolvers.TryAsync(_solver.Id, new IssuanceSettings(), null, default))
        {
            first = check;
            break;
        }

        Assert.Equal(("Supported by cert-manager", false, "ControllerFault"), (first!.Check, first.Passed, first.Remedy?.Key));
        Assert.Contains("v1.10.2", first.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_is_checked_for_the_solvers_of_the_domains()
    {
        await InstalledCertManager.CreateAsync(Admin, $"{Repository}:v1.10.2", null, default);
        var issuer = KubernetesTestServer.UniqueName("issuer");
        await Admin.CreateAsync(
            """
            {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"NAME"},"spec":{"acme":{
              "server":"https://acme.example.org/directory","privateKeySecretRef":{"name":"account"},"solvers":[
                {"http01":{"ingress":{"class":"nginx"}}},
                {"selector":{"dnsZones":["example.org"]},"dns01":{"cloudflare":{"apiTokenSecretRef":{"name":"t","key":"k"}}}}]}}}
            """.Replace("NAME", issuer, StringComparison.Ordinal),
            default);
        var controller = _home.Open().Controller!;

        Assert.True((await controller.CheckAsync(issuer, ["www.example.net", "*.example.org"], default))!.HasFault);
        Assert.Null(await controller.CheckAsync(issuer, ["www.example.net"], default));
        Assert.Null(await controller.CheckAsync("none", ["www.example.org"], default));
        var hidden = await _home.Open(token: _home.Server.AddUser().Token).Controller!.CheckAsync(issuer, ["www.example.org"], default);
        Assert.Null(hidden!.HasFault);
        Assert.Contains("may not get clusterissuers", hidden.Message, StringComparison.Ordinal);
        await Admin.DeleteAsync($"/apis/cert-manager.io/v1/clusterissuers/{issuer}", default);
    }
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentVersionCheckTests() : VersionCheckTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedVersionCheckTests() : VersionCheckTests(() => KubernetesTestServers.ScriptedAsync())
{
    [Fact]
    public async Task A_rack_without_cert_manager_is_not_checked()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(
            new ScriptedKubernetesOptions { CertManager = CertManagerVersion.None }, default);
        using var home = await TestRack.CreateAsync(server);

        Assert.Null(await home.Open().Controller!.CheckAsync(SolverCluster.Cloudflare(1, "example.org"), default));
    }
}
