using Xunit;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A test that needs a real kube-apiserver, and is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealKubernetesFactAttribute : FactAttribute
{
    /// <summary>Looks whether it can run.</summary>
    public RealKubernetesFactAttribute() => Skip = KubernetesTestServers.HasReal ? null : KubernetesTestServers.NoReal;
}
