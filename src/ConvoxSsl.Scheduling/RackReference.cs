namespace ConvoxSsl.Scheduling;

/// <summary>The Kubernetes rack that a scheduled run connects to. It holds no credential.</summary>
/// <param name="Name">The name of the rack.</param>
/// <param name="Namespace">The namespace of the rack.</param>
/// <param name="KubeConfig">The path of the kubeconfig, or several paths in the format of <c>KUBECONFIG</c>; null in a pod.</param>
/// <param name="Context">The context of the kubeconfig.</param>
public sealed record RackReference(string Name, string Namespace, string? KubeConfig, string? Context)
{
    /// <summary>
    /// Creates a PowerShell expression that returns the rack. It is used as an argument, so that an unreachable cluster
    /// ends the whole command.
    /// </summary>
    internal string CreateExpression(Func<string, string> quote)
    {
        var connect = $"Connect-ConvoxRack -Name {quote(Name)} -Namespace {quote(Namespace)}";
        var context = Context is null ? string.Empty : $" -Context {quote(Context)}";
        return KubeConfig switch
        {
            null => $"({connect}{context})",
            _ when KubeConfig.Contains(Path.PathSeparator, StringComparison.Ordinal) && !File.Exists(KubeConfig) =>
                $"$($env:KUBECONFIG = {quote(KubeConfig)}; {connect}{context})",
            _ => $"({connect} -KubeConfig {quote(KubeConfig)}{context})",
        };
    }
}
