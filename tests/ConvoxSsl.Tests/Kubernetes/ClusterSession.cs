using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.Tests.Hosting;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>A PowerShell session beside a rack of its own on a test server. Scripts know <c>$KubeConfig</c> and <c>$Name</c>.</summary>
internal sealed class ClusterSession : IDisposable
{
    private ClusterSession(KubernetesTestServer server, string name)
    {
        Server = server;
        Name = name;
        PowerShell.Set("KubeConfig", KubeConfig);
        PowerShell.Set("Name", name);
    }

    public HostedPowerShell PowerShell { get; } = new(connect: false);

    public KubernetesTestServer Server { get; }

    public string Name { get; }

    public string Namespace => $"{Name}-system";

    public string KubeConfig => PowerShell["kubeconfig"];

    /// <summary>A session of somebody who may do everything, until <see cref="Become"/>.</summary>
    /// <param name="server">Where the rack is.</param>
    /// <param name="name">A rack that is there already; null for a new one.</param>
    public static async Task<ClusterSession> StartAsync(KubernetesTestServer server, string? name = null)
    {
        var session = new ClusterSession(server, name ?? KubernetesTestServer.UniqueName("rack"));
        await session.AddNamespaceAsync(session.Namespace);
        session.Become(server.AdminToken);
        return session;
    }

    /// <summary>Has the kubeconfig hold another token.</summary>
    public void Become(string token) => Server.WriteKubeConfig(KubeConfig, token);

    /// <summary>The namespace of an app, with Convox's labels.</summary>
    public async Task<string> AddAppAsync(string app)
    {
        await AddNamespaceAsync($"{Name}-{app}");
        return $"{Name}-{app}";
    }

    public Task<PowerShellResult> RunAsync(string script) => PowerShell.RunAsync(script, CancellationToken.None);

    /// <summary>Connects, and runs a script.</summary>
    public Task<PowerShellResult> ConnectedAsync(string script) =>
        RunAsync($"$null = Connect-ConvoxRack -Name $Name -KubeConfig $KubeConfig -WarningAction SilentlyContinue\n{script}");

    public void Dispose() => PowerShell.Dispose();

    private Task AddNamespaceAsync(string name) =>
        Server.EnsureNamespaceAsync(name, default, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = Name });
}
