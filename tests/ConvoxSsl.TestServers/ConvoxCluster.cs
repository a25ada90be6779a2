using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.TestServers;

/// <summary>A cluster with the rack of the guides, as Convox installs it, and a simulated cert-manager.</summary>
internal sealed class ConvoxCluster(ScriptedKubernetesServer server, string rack, string role) : IAsyncDisposable
{
    private CertManagerSimulator? _certManager;

    /// <summary>Creates the namespaces of the rack and an app, and cert-manager with its issuer.</summary>
    public static async Task<ConvoxCluster> StartAsync(string rack, string role, CancellationToken ct)
    {
        var cluster = new ConvoxCluster(await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), ct), rack, role);
        await cluster.InstallAsync(ct);
        return cluster;
    }

    /// <summary>Writes the kubeconfig of an administrator.</summary>
    public void WriteKubeConfig(string file) => server.WriteKubeConfig(file);

    public async ValueTask DisposeAsync()
    {
        if (_certManager is not null)
        {
            await _certManager.DisposeAsync();
        }

        await server.DisposeAsync();
    }

    private async Task InstallAsync(CancellationToken ct)
    {
        foreach (var name in new[] { $"{rack}-system", $"{rack}-web" })
        {
            await server.EnsureNamespaceAsync(name, ct, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = rack });
        }

        await server.EnsureNamespaceAsync("cert-manager", ct);
        await server.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ServiceAccount",
                ["metadata"] = new JsonObject
                {
                    ["name"] = "cert-manager",
                    ["namespace"] = "cert-manager",
                    ["annotations"] = new JsonObject { ["eks.amazonaws.com/role-arn"] = role },
                },
            },
            ct);
        await server.Admin.CreateAsync(
            """
            {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"},"spec":{"acme":{
              "server":"https://acme-v02.api.letsencrypt.org/directory","email":"ops@example.org",
              "privateKeySecretRef":{"name":"letsencrypt"},
              "solvers":[{"http01":{"ingress":{"class":"nginx"}}}]}}}
            """,
            ct);
        _certManager = new CertManagerSimulator(server.Admin, $"{rack}-system");
    }
}
