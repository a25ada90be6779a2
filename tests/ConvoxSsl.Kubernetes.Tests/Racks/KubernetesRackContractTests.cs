using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Tests.Racks;
using ConvoxSsl.Kubernetes.Tests.Solvers;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Racks;

/// <summary>What every rack must do, by a rack in a cluster.</summary>
public abstract class KubernetesRackContractTests(Func<Task<KubernetesTestServer>> start) : RackContract, IAsyncLifetime
{
    private TestRack _home = null!;
    private IRack _rack = null!;
    private IDisposable _certManager = null!;

    protected override IRack Rack => _rack;

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await start());
        _rack = _home.Open();

        // A cluster has one list of solvers.
        _certManager = await SolverCluster.ReserveAsync(_home.Server);
    }

    public async Task DisposeAsync()
    {
        await SolverCluster.ClearAsync(_home.Server.Admin);
        _certManager.Dispose();
        _home.Dispose();
    }
}

/// <summary>On the real API server, where there is one.</summary>
public sealed class KubernetesRackTests() : KubernetesRackContractTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>On the scripted one, always.</summary>
public sealed class ScriptedKubernetesRackTests() : KubernetesRackContractTests(() => KubernetesTestServers.ScriptedAsync());
