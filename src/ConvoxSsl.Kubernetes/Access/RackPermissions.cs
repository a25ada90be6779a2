using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Access;

/// <summary>A permission that the module uses.</summary>
/// <param name="Verb">The RBAC verb.</param>
/// <param name="Resource">The kind of object.</param>
/// <param name="Namespace">The namespace; null for a cluster-wide resource or all namespaces.</param>
/// <param name="Purpose">The feature that needs it.</param>
/// <param name="Subresource">The subresource, such as <c>status</c>.</param>
/// <param name="Name">The object's name; null for all objects.</param>
internal sealed record RackPermission(
    string Verb,
    ApiResource Resource,
    string? Namespace,
    string Purpose,
    string? Subresource = null,
    string? Name = null)
{
    /// <summary>The permission as it is reported to users.</summary>
    public MissingAccess Missing => new(Verb, Subresource is null ? Resource.Name : SubresourceName, Namespace, Purpose);

    private string SubresourceName => $"{Resource.Plural}/{Subresource}{Resource.Name[Resource.Plural.Length..]}";
}

/// <summary>The permissions that the module uses, by feature; docs/rbac.md lists the same permissions as roles.</summary>
internal static class RackPermissions
{
    private const string Reading = "Reading certificates";
    private const string Storing = "Issuing, renewing, importing and removing certificates";
    private const string Delegating = "Issuing with cert-manager";
    private const string Solving = "Managing DNS solvers";
    private const string Publishing = "Publishing to apps";

    /// <summary>All permissions that do not depend on the rack's apps.</summary>
    public static IReadOnlyList<RackPermission> Of(RackScope scope, bool certManager) =>
    [
        .. Of(Reading, ApiResource.Secrets, scope.Namespace, "get", "list"),
        .. Writing(scope),
        .. certManager ? OfCertManager(scope) : [],
        .. Of(Publishing, ApiResource.Namespaces, null, "list"),
    ];

    /// <summary>The permissions for storing certificates.</summary>
    public static IReadOnlyList<RackPermission> Writing(RackScope scope) =>
    [
        .. Of(Storing, ApiResource.Secrets, scope.Namespace, "create", "patch", "delete"),
        .. Of(Storing, ApiResource.Leases, scope.Namespace, "get", "create", "patch", "delete"),
    ];

    /// <summary>The permissions for publishing to an app's namespace, or to all namespaces.</summary>
    public static IReadOnlyList<RackPermission> InApp(string? inNamespace) =>
        [.. Of(Publishing, ApiResource.Secrets, inNamespace, "get", "list", "create", "patch")];

    private static IEnumerable<RackPermission> OfCertManager(RackScope scope) =>
    [
        .. Of(Reading, ApiResource.Certificates, scope.Namespace, "get", "list"),
        .. Of(Reading, ApiResource.CertificateRequests, scope.Namespace, "list"),
        .. Of(Reading, ApiResource.Orders, scope.Namespace, "list"),
        .. Of(Reading, ApiResource.Challenges, scope.Namespace, "list"),
        .. Of(Delegating, ApiResource.Certificates, scope.Namespace, "create", "patch", "delete"),
        new RackPermission("patch", ApiResource.Certificates, scope.Namespace, Delegating, "status"),
        .. Of(Solving, ApiResource.Secrets, RackScope.CertManagerNamespace, "get", "create", "patch", "delete"),
        new RackPermission("get", ApiResource.ServiceAccounts, RackScope.CertManagerNamespace, Solving, Name: RackScope.CertManagerAccount),
        new RackPermission("get", ApiResource.ClusterIssuers, null, Solving, Name: RackScope.IssuerName),
        new RackPermission("patch", ApiResource.ClusterIssuers, null, Solving, Name: RackScope.IssuerName),
    ];

    private static IEnumerable<RackPermission> Of(string purpose, ApiResource resource, string? inNamespace, params string[] verbs) =>
        verbs.Select(verb => new RackPermission(verb, resource, inNamespace, purpose));
}
