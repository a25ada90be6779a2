using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>
/// The members that the server supports. It silently drops all others, and empty ones too. For custom resources this applies
/// only to the metadata, because their schema covers the rest.
/// </summary>
internal static class KnownMembers
{
    private static readonly HashSet<string> Metadata = new(StringComparer.Ordinal)
    {
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    };

    private static readonly Dictionary<string, string[]> OfKind = new(StringComparer.Ordinal)
    {
        ["Namespace"] = ["spec", "status"],
        ["Secret"] = ["data", "stringData", "type", "immutable"],
        ["ConfigMap"] = ["data", "binaryData", "immutable"],
        ["ServiceAccount"] = ["secrets", "imagePullSecrets", "automountServiceAccountToken"],
        ["Lease"] = ["spec"],
        ["Role"] = ["rules"],
        ["ClusterRole"] = ["rules", "aggregationRule"],
        ["RoleBinding"] = ["subjects", "roleRef"],
        ["ClusterRoleBinding"] = ["subjects", "roleRef"],
    };

    public static void Keep(ServedResource resource, JsonObject value)
    {
        DropOthers(value.Metadata(), Metadata.Contains);
        if (OfKind.TryGetValue(resource.Kind, out var members))
        {
            // A Namespace keeps an empty spec.
            DropOthers(value, name => name is "apiVersion" or "kind" or "metadata" || members.Contains(name));
        }

        if (resource.Kind is "RoleBinding" or "ClusterRoleBinding")
        {
            NameRbacGroup(value);
        }
    }

    private static void DropOthers(JsonObject map, Func<string, bool> isKnown)
    {
        foreach (var name in map.Where(m => !isKnown(m.Key)
            || (m.Key is not ("metadata" or "spec") && IsEmpty(m.Value))).Select(m => m.Key).ToArray())
        {
            map.Remove(name);
        }
    }

    private static bool IsEmpty(JsonNode? node) => node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static void NameRbacGroup(JsonObject binding)
    {
        const string Group = "rbac.authorization.k8s.io";
        if (binding["roleRef"] is JsonObject role)
        {
            role["apiGroup"] ??= Group;
        }

        foreach (var subject in (binding["subjects"] as JsonArray ?? []).OfType<JsonObject>().Where(
            s => ApiObject.Text(s["kind"]) is "User" or "Group"))
        {
            subject["apiGroup"] ??= Group;
        }
    }
}
