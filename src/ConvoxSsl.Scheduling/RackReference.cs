namespace ConvoxSsl.Scheduling;

/// <summary>How a scheduled run connects to a rack in a cluster, without any credential.</summary>
/// <param name="Name">The rack's name.</param>
/// <param name="Namespace">The rack's namespace.</param>
/// <param name="KubeConfig">The kubeconfig, or several as <c>KUBECONFIG</c> lists them; null in a pod.</param>
/// <param name="Context">The context of the kubeconfig.</param>
public sealed record RackReference(string Name, string Namespace, string? KubeConfig, string? Context)
{
    /// <summary>
    /// A PowerShell expression that gives the rack. As an argument, so that a cluster that can't be reached ends the whole
    /// command, and not only its own part.
    /// </summary>
    internal string Expression(Func<string, string> quote)
    {
        var connect = $"Connect-ConvoxRack -Name {quote(Name)} -Namespace {quote(Namespace)}";
        var context = Context is null ? string.Empty : $" -Context {quote(Context)}";
        return KubeConfig switch
        {
            null => $"({connect}{context})",
            _ when KubeConfig.Contains(Path.PathSeparator, StringComparison.Ordinal) && !File.Exists(KubeConfig) => $"$($env:KUBECONFIG = {quote(KubeConfig)}; {connect}{context})",
            _ => $"({connect} -KubeConfig {quote(KubeConfig)}{context})",
        };
    }
}
