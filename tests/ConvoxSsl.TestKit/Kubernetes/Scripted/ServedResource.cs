namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>A resource of the API: its names, its path, and its special rules.</summary>
internal sealed record ServedResource(string Group, string Plural, string Kind, bool IsNamespaced)
{
    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    public string Singular => IsCustom ? Kind.ToLowerInvariant() : string.Empty;

    /// <summary>The name in messages about an object, such as <c>certificates.cert-manager.io</c>.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The kind in messages about invalid objects.</summary>
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>Gets an object's key in etcd.</summary>
    public string StorageKey(System.Text.Json.Nodes.JsonObject value) =>
        $"/registry/{(IsCustom ? $"{Group}/" : string.Empty)}{Plural}/{ObjectStore.KeyOf(value)}";

    /// <summary>True if a CustomResourceDefinition defines it.</summary>
    public bool IsCustom { get; init; }

    /// <summary>True if its status can only be changed through the subresource.</summary>
    public bool HasStatus { get; init; }

    /// <summary>True if objects are not stored, as for reviews.</summary>
    public bool IsReview { get; init; }

    /// <summary>True if PUT creates a missing object.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>True if PUT must name the version that it replaces.</summary>
    public bool NeedsVersion { get; init; }

    /// <summary>The served resources.</summary>
    public static IReadOnlyList<ServedResource> All(bool hasCertManager) => hasCertManager ? [.. BuiltIn, .. CertManager] : BuiltIn;

    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Authorization = "authorization.k8s.io";
    private const string Cert = "cert-manager.io";
    private const string Acme = "acme.cert-manager.io";

    private static readonly ServedResource[] BuiltIn =
    [
        new("", "namespaces", "Namespace", false) { HasStatus = true },
        new("", "secrets", "Secret", true),
        new("", "configmaps", "ConfigMap", true),
        new("", "serviceaccounts", "ServiceAccount", true),
        new("apps", "deployments", "Deployment", true) { HasStatus = true },
        new("coordination.k8s.io", "leases", "Lease", true) { CreatesOnUpdate = true, NeedsVersion = true },
        new(Rbac, "roles", "Role", true) { CreatesOnUpdate = true },
        new(Rbac, "rolebindings", "RoleBinding", true) { CreatesOnUpdate = true },
        new(Rbac, "clusterroles", "ClusterRole", false) { CreatesOnUpdate = true },
        new(Rbac, "clusterrolebindings", "ClusterRoleBinding", false) { CreatesOnUpdate = true },
        new(Authorization, "selfsubjectaccessreviews", "SelfSubjectAccessReview", false) { IsReview = true },
        new(Authorization, "selfsubjectrulesreviews", "SelfSubjectRulesReview", false) { IsReview = true },
    ];

    private static readonly ServedResource[] CertManager =
    [
        Custom(Cert, "certificates", "Certificate", true),
        Custom(Cert, "certificaterequests", "CertificateRequest", true),
        Custom(Cert, "issuers", "Issuer", true),
        Custom(Cert, "clusterissuers", "ClusterIssuer", false),
        Custom(Acme, "orders", "Order", true),
        Custom(Acme, "challenges", "Challenge", true),
    ];

    private static ServedResource Custom(string group, string plural, string kind, bool isNamespaced) =>
        new(group, plural, kind, isNamespaced) { IsCustom = true, HasStatus = true, NeedsVersion = true };
}
