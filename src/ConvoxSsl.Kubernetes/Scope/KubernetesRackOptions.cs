using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>Identifies a Kubernetes rack, its cluster, and the identity to use.</summary>
public sealed record KubernetesRackOptions
{
    /// <summary>The rack's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The kubeconfig file, or several as in <c>KUBECONFIG</c>. Null for <c>KUBECONFIG</c>, else the user's own file, else the
    /// the pod's service account.
    /// </summary>
    public string? KubeConfig { get; init; }

    /// <summary>The kubeconfig's context; null for the current one.</summary>
    public string? Context { get; init; }

    /// <summary>The rack's namespace; null for <c>&lt;name&gt;-system</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>The DNS providers whose solvers the rack can store.</summary>
    public IReadOnlyList<DnsProviderDescriptor> Providers { get; init; } = [];
}
