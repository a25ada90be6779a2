using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>A PowerShell session with its own rack on a test server. Scripts can use <c>$KubeConfig</c> and <c>$Name</c>.</summary>
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

    /// <summary>Creates a session with all permissions until <see cref="Become"/>.</summary>
    /// <param name="server">The server of the rack.</param>
    /// <param name="name">The name of an existing rack; null for a new one.</param>
    public static async Task<ClusterSession> StartAsync(KubernetesTestServer server, string? name = null)
    {
        var session = new ClusterSession(server, name ?? KubernetesTestServer.UniqueName("rack"));
        await session.AddNamespaceAsync(session.Namespace);
        session.Become(server.AdminToken);
        return session;
    }

    /// <summary>Replaces the token in the kubeconfig.</summary>
    public void Become(string token) => Server.WriteKubeConfig(KubeConfig, token);

    /// <summary>Creates the namespace of an app with Convox's labels.</summary>
    public async Task<string> AddAppAsync(string app)
    {
        await AddNamespaceAsync($"{Name}-{app}");
        return $"{Name}-{app}";
    }

    public Task<PowerShellResult> RunAsync(string script) => PowerShell.RunAsync(script, CancellationToken.None);

    /// <summary>Connects and runs a script.</summary>
    public Task<PowerShellResult> RunConnectedAsync(string script) =>
        RunAsync($"$null = Connect-ConvoxRack -Name $Name -KubeConfig $KubeConfig -WarningAction SilentlyContinue\n{script}");

    public void Dispose() => PowerShell.Dispose();

    private Task AddNamespaceAsync(string name) =>
        Server.EnsureNamespaceAsync(name, default, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = Name });
}
