using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Tests.Racks;
using ConvoxSsl.Kubernetes.Tests.Solvers;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Racks;

/// <summary>The contract of all kinds of racks, for a Kubernetes rack.</summary>
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

        // A cluster has only one list of solvers.
        _certManager = await SolverCluster.ReserveAsync(_home.Server);
    }

    public async Task DisposeAsync()
    {
        await SolverCluster.ClearAsync(_home.Server.Admin);
        _certManager.Dispose();
        _home.Dispose();
    }
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class KubernetesRackTests() : KubernetesRackContractTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedKubernetesRackTests() : KubernetesRackContractTests(() => KubernetesTestServers.ScriptedAsync());
