using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>An app of a rack.</summary>
/// <param name="Name">The app's name.</param>
/// <param name="Namespace">The app's namespace.</param>
internal sealed record RackApp(string Name, string Namespace)
{
    /// <summary>Creates the app of a namespace with the rack's labels; null for the rack's own namespace.</summary>
    public static RackApp? Of(RackScope scope, JsonObject found)
    {
        var inNamespace = found.Name();
        if (inNamespace == scope.Namespace || inNamespace == scope.Name + RackScope.NamespaceEnding || found.Label("type") == "rack")
        {
            return null;
        }

        var prefix = scope.NamespaceOf(string.Empty);
        var name = inNamespace.StartsWith(prefix, StringComparison.Ordinal) ? inNamespace[prefix.Length..] : inNamespace;
        return new RackApp(found.Label("app") ?? name, inNamespace);
    }
}
