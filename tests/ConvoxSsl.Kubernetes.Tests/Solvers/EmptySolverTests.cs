using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Solvers;

/// <summary>
/// The rack's API renders an entry of letsencrypt-config without <c>route53</c> as a solver with an empty
/// <c>dns01:</c>.
/// </summary>
public sealed class EmptySolverTests
{
    [RealKubernetesFact]
    public Task The_server_drops_it_and_keeps_a_solver_without_type_with_cert_manager_110() => TryAsync(CertManagerVersion.V1_10_2);

    [RealKubernetesFact]
    public Task The_server_drops_it_and_keeps_a_solver_without_type_with_cert_manager_121() => TryAsync(CertManagerVersion.V1_21_1);

    // The schema of the CRD allows that. cert-manager's webhook, which is not installed here, would reject it.
    private static async Task TryAsync(CertManagerVersion version)
    {
        await using var cluster = await SolverCluster.StartAsync(await KubernetesTestServers.RealAsync(version));
        var issuer = ConvoxApi.Render("""{"solvers":[{"id":1,"dns-zones":["example.org"]}]}""");
        issuer["spec"]!["acme"]!["solvers"]![1]!["dns01"] = null;
        await cluster.Admin.CreateAsync(issuer, default);

        var stored = (await cluster.IssuerSolversAsync())[1]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"selector":{"dnsZones":["example.org"]}}"""), stored), stored.ToJsonString());
    }
}
