
namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>Which rack of which cluster is meant, and as whom it is used.</summary>
public sealed record KubernetesRackOptions
{
    /// <summary>The rack's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The kubeconfig file, or several as <c>KUBECONFIG</c> lists them; null for <c>KUBECONFIG</c>, else the user's own, else
    /// the pod's service account.
    /// </summary>
    public string? KubeConfig { get; init; }

    /// <summary>The context of the kubeconfig; null for its current one.</summary>
    public string? Context { get; init; }

    /// <summary>The rack's namespace; null for <c>&lt;name&gt;-system</c>.</summary>
    public string? Namespace { get; init; }
}
