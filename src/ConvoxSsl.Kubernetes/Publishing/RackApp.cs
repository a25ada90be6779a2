using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>An app of a rack.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Namespace">Its namespace.</param>
internal sealed record RackApp(string Name, string Namespace)
{
    /// <summary>The app that a namespace with the rack's labels is; null for the rack's own.</summary>
    public static RackApp? Of(RackScope scope, JsonObject found)
    {
        var inNamespace = found.Name();
        if (inNamespace == scope.Namespace || inNamespace == scope.Name + RackScope.NamespaceEnding || found.Label("type") == "rack")
        {
            return null;
        }

        var prefix = scope.NamespaceOf(string.Empty);
        return new RackApp(found.Label("app") ?? (inNamespace.StartsWith(prefix, StringComparison.Ordinal) ? inNamespace[prefix.Length..] : inNamespace), inNamespace);
    }
}
