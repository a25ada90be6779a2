using Xunit;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A test that needs a real kube-apiserver; it is skipped without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealKubernetesFactAttribute : FactAttribute
{
    /// <summary>Sets the reason for skipping if there is no real server.</summary>
    public RealKubernetesFactAttribute() => Skip = KubernetesTestServers.HasReal ? null : KubernetesTestServers.NoReal;
}
