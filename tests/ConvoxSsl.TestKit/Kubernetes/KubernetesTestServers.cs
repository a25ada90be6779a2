using System.Collections.Concurrent;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>
/// The API server that the tests of this process share: the real one if <c>KUBEBUILDER_ASSETS</c> names a folder with etcd and
/// kube-apiserver, else the scripted one. It ends with the process.
/// </summary>
public static class KubernetesTestServers
{
    private static readonly ConcurrentDictionary<(
        bool IsReal, CertManagerVersion Version), Lazy<Task<KubernetesTestServer>>> Started = new();

    /// <summary>True if there is a real server.</summary>
    public static bool HasReal => EnvTestServer.Binaries is not null;

    /// <summary>The reason for skipping tests that need a real server.</summary>
    public const string NoReal = "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver.";

    /// <summary>Gets the real server if there is one, else the scripted one.</summary>
    public static Task<KubernetesTestServer> CurrentAsync(CertManagerVersion certManager = CertManagerVersion.V1_10_2) =>
        HasReal ? RealAsync(certManager) : ScriptedAsync(certManager);

    /// <summary>Gets the real server.</summary>
    public static Task<KubernetesTestServer> RealAsync(CertManagerVersion certManager = CertManagerVersion.V1_10_2) =>
        SharedAsync(true, certManager);

    /// <summary>Gets the scripted server. Tests with faults start their own.</summary>
    public static Task<KubernetesTestServer> ScriptedAsync(CertManagerVersion certManager = CertManagerVersion.V1_10_2) =>
        SharedAsync(false, certManager);

    /// <summary>The line of the test summary that names the server.</summary>
    public static async Task<string> SummaryAsync()
    {
        var server = await CurrentAsync();
        var why = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS"))
            ? "KUBEBUILDER_ASSETS is not set"
            : NoReal.TrimEnd('.');
        return $"Kubernetes: {server.Description}{(server.IsReal ? string.Empty : $" ({why})")}";
    }

    // Do not cancel with one test, because others wait for the same server.
    private static Task<KubernetesTestServer> SharedAsync(bool isReal, CertManagerVersion certManager) => Started.GetOrAdd(
        (isReal, certManager),
        key => new Lazy<Task<KubernetesTestServer>>(async () => key.IsReal
            ? await EnvTestServer.StartAsync(key.Version, CancellationToken.None)
            : await ScriptedKubernetesServer.StartAsync(
                new ScriptedKubernetesOptions { CertManager = key.Version }, CancellationToken.None))).Value;
}
