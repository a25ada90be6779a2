using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class ConnectConvoxRackCommand
{
    private const string LocalSet = "Local";
    private const string KubernetesSet = "Kubernetes";

    /// <summary>
    /// The directory of a local rack, such as <c>./rack</c>. It is created with the first stored object. By default
    /// <c>CONVOXSSL_HOME</c>, then <c>convoxssl</c> in the user's application data. A name without a slash or dot is that of a rack to
    /// which the session has connected before.
    /// </summary>
    [Parameter(Position = 0, ParameterSetName = LocalSet)]
    [Parameter(Position = 0, ParameterSetName = KubernetesSet)]
    [RejectedInSets(KubernetesSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The name of a Convox rack in a cluster, as shown by <c>convox racks</c>. Required for a rack in a cluster.</summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ArgumentCompleter(typeof(KubeConfigCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>
    /// The kubeconfig file. By default the files in <c>KUBECONFIG</c>, then <c>~/.kube/config</c>; in a pod without one, the
    /// service account.
    /// </summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>The kubeconfig context. By default the current one.</summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ArgumentCompleter(typeof(KubeConfigCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The namespace of the rack. By default its name followed by <c>-system</c>.</summary>
    [Parameter(ParameterSetName = KubernetesSet)]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }
}
