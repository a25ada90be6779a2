namespace ConvoxSsl.Kubernetes.Access;

/// <summary>A permission that an identity lacks, in the terms of RBAC.</summary>
/// <param name="Verb">The verb, such as <c>list</c>.</param>
/// <param name="Resource">The resource with its group, such as <c>leases.coordination.k8s.io</c>.</param>
/// <param name="Namespace">The namespace; null for a cluster-wide resource or all namespaces.</param>
/// <param name="Purpose">The feature that needs the permission.</param>
public sealed record MissingAccess(string Verb, string Resource, string? Namespace, string Purpose)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Resource}{Place(Namespace)}";

    /// <summary>Formats permissions for a message, grouped by resource.</summary>
    public static string Describe(IEnumerable<MissingAccess> rights) => string.Join("; ", rights
        .GroupBy(right => (right.Resource, right.Namespace))
        .Select(group => $"{string.Join(", ", group.Select(right => right.Verb))} {group.Key.Resource}{Place(group.Key.Namespace)}"));

    private static string Place(string? inNamespace) => inNamespace is null ? string.Empty : $" in {inNamespace}";
}
