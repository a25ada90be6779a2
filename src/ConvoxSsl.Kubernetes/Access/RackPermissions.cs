using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Access;

/// <summary>A right that the module makes use of.</summary>
/// <param name="Verb">The RBAC verb.</param>
/// <param name="Resource">The kind of object.</param>
/// <param name="Namespace">The namespace; null for the cluster or all of them.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Subresource">The part of the object, such as <c>status</c>.</param>
/// <param name="Name">The object; null for any of them.</param>
internal sealed record RackRight(string Verb, ApiResource Resource, string? Namespace, string Purpose, string? Subresource = null, string? Name = null)
{
    /// <summary>The right in RBAC's words.</summary>
    public MissingPermission Missing => new(Verb, Subresource is null ? Resource.Name : $"{Resource.Plural}/{Subresource}{Resource.Name[Resource.Plural.Length..]}", Namespace, Purpose);
}

/// <summary>The rights that the module makes use of, by what they are for; docs/rbac.md has the same as roles.</summary>
internal static class RackPermissions
{
    private const string Reading = "Reading certificates";
    private const string Storing = "Issuing, renewing, importing and removing certificates";
    private const string Delegating = "Issuing with cert-manager";
    private const string Solving = "DNS solvers";
    private const string Publishing = "Publishing to apps";

    /// <summary>All that does not depend on which apps there are.</summary>
    public static IReadOnlyList<RackRight> Of(RackScope scope, bool certManager) =>
    [
        .. Of(Reading, ApiResource.Secrets, scope.Namespace, "get", "list"),
        .. Writing(scope),
        .. certManager ? OfCertManager(scope) : [],
        .. Of(Publishing, ApiResource.Namespaces, null, "list"),
    ];

    /// <summary>What storing asks for.</summary>
    public static IReadOnlyList<RackRight> Writing(RackScope scope) =>
    [
        .. Of(Storing, ApiResource.Secrets, scope.Namespace, "create", "patch", "delete"),
        .. Of(Storing, ApiResource.Leases, scope.Namespace, "get", "create", "patch", "delete"),
    ];

    /// <summary>What publishing asks for in the namespace of an app, or in all.</summary>
    public static IReadOnlyList<RackRight> InApp(string? inNamespace) => [.. Of(Publishing, ApiResource.Secrets, inNamespace, "get", "list", "create", "patch")];

    private static IEnumerable<RackRight> OfCertManager(RackScope scope) =>
    [
        .. Of(Reading, ApiResource.Certificates, scope.Namespace, "get", "list"),
        .. Of(Reading, ApiResource.CertificateRequests, scope.Namespace, "list"),
        .. Of(Reading, ApiResource.Orders, scope.Namespace, "list"),
        .. Of(Reading, ApiResource.Challenges, scope.Namespace, "list"),
        .. Of(Delegating, ApiResource.Certificates, scope.Namespace, "create", "patch", "delete"),
        new RackRight("patch", ApiResource.Certificates, scope.Namespace, Delegating, "status"),
        .. Of(Solving, ApiResource.Secrets, RackScope.CertManagerNamespace, "get", "create", "patch", "delete"),
        new RackRight("get", ApiResource.ServiceAccounts, RackScope.CertManagerNamespace, Solving, Name: RackScope.CertManagerAccount),
        new RackRight("get", ApiResource.ClusterIssuers, null, Solving, Name: RackScope.IssuerName),
        new RackRight("patch", ApiResource.ClusterIssuers, null, Solving, Name: RackScope.IssuerName),
    ];

    private static IEnumerable<RackRight> Of(string purpose, ApiResource resource, string? inNamespace, params string[] verbs) =>
        verbs.Select(verb => new RackRight(verb, resource, inNamespace, purpose));
}
