using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>The kinds that tests use, and their paths.</summary>
public static class KubernetesKinds
{
    private static readonly Dictionary<string, (string Plural, bool IsNamespaced)> Known = new(StringComparer.Ordinal)
    {
        ["v1/Namespace"] = ("namespaces", false),
        ["v1/Secret"] = ("secrets", true),
        ["v1/ConfigMap"] = ("configmaps", true),
        ["v1/ServiceAccount"] = ("serviceaccounts", true),
        ["apps/v1/Deployment"] = ("deployments", true),
        ["batch/v1/Job"] = ("jobs", true),
        ["batch/v1beta1/CronJob"] = ("cronjobs", true),
        ["coordination.k8s.io/v1/Lease"] = ("leases", true),
        ["rbac.authorization.k8s.io/v1/Role"] = ("roles", true),
        ["rbac.authorization.k8s.io/v1/RoleBinding"] = ("rolebindings", true),
        ["rbac.authorization.k8s.io/v1/ClusterRole"] = ("clusterroles", false),
        ["rbac.authorization.k8s.io/v1/ClusterRoleBinding"] = ("clusterrolebindings", false),
        ["authorization.k8s.io/v1/SelfSubjectAccessReview"] = ("selfsubjectaccessreviews", false),
        ["authorization.k8s.io/v1/SelfSubjectRulesReview"] = ("selfsubjectrulesreviews", false),
        ["apiextensions.k8s.io/v1/CustomResourceDefinition"] = ("customresourcedefinitions", false),
        ["cert-manager.io/v1/Certificate"] = ("certificates", true),
        ["cert-manager.io/v1/CertificateRequest"] = ("certificaterequests", true),
        ["cert-manager.io/v1/Issuer"] = ("issuers", true),
        ["cert-manager.io/v1/ClusterIssuer"] = ("clusterissuers", false),
        ["acme.cert-manager.io/v1/Order"] = ("orders", true),
        ["acme.cert-manager.io/v1/Challenge"] = ("challenges", true),
    };

    /// <summary>The path of a list, such as <c>/apis/cert-manager.io/v1/namespaces/x/certificates</c>.</summary>
    /// <param name="apiVersion">The API version, such as <c>v1</c> or <c>cert-manager.io/v1</c>.</param>
    /// <param name="plural">The resource, such as <c>secrets</c>.</param>
    /// <param name="namespaceName">The namespace; null for all namespaces and for cluster-wide resources.</param>
    public static string ListPath(string apiVersion, string plural, string? namespaceName) =>
        (apiVersion.Contains('/', StringComparison.Ordinal) ? "/apis/" : "/api/") + apiVersion
        + (namespaceName is null ? string.Empty : $"/namespaces/{namespaceName}") + "/" + plural;

    /// <summary>The lists of all namespaced resources.</summary>
    internal static IEnumerable<string> NamespacedPaths(string namespaceName) =>
        Known.Where(k => k.Value.IsNamespaced).Select(k => ListPath(k.Key[..k.Key.LastIndexOf('/')], k.Value.Plural, namespaceName));

    /// <summary>Gets the path of an object's list.</summary>
    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    public static string ListPath(JsonObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var apiVersion = value["apiVersion"]!.GetValue<string>();
        var key = $"{apiVersion}/{value["kind"]}";
        if (!Known.TryGetValue(key, out var kind))
        {
            throw new ArgumentException($"The kind '{key}' is not known to the tests.", nameof(value));
        }

        return ListPath(
            apiVersion, kind.Plural, kind.IsNamespaced ? value["metadata"]?["namespace"]?.GetValue<string>() ?? "default" : null);
    }

    /// <summary>Gets the path of an object.</summary>
    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    public static string Path(JsonObject value) => $"{ListPath(value)}/{value["metadata"]!["name"]!.GetValue<string>()}";
}
