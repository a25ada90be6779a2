namespace ConvoxSsl.Kubernetes.Access;

/// <summary>Something that an identity may not do, in RBAC's words.</summary>
/// <param name="Verb">The verb, such as <c>list</c>.</param>
/// <param name="Resource">The resource with its group, such as <c>leases.coordination.k8s.io</c>.</param>
/// <param name="Namespace">The namespace; null for the cluster, or for all of them.</param>
/// <param name="Purpose">What does not work without it.</param>
public sealed record MissingPermission(string Verb, string Resource, string? Namespace, string Purpose)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Resource}{Place(Namespace)}";

    /// <summary>Several of them, those on the same resource together.</summary>
    public static string Describe(IEnumerable<MissingPermission> rights) => string.Join("; ", rights
        .GroupBy(right => (right.Resource, right.Namespace))
        .Select(group => $"{string.Join(", ", group.Select(right => right.Verb))} {group.Key.Resource}{Place(group.Key.Namespace)}"));

    private static string Place(string? inNamespace) => inNamespace is null ? string.Empty : $" in {inNamespace}";
}
