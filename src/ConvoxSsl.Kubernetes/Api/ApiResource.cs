namespace ConvoxSsl.Kubernetes.Api;

/// <summary>A resource that the API server serves.</summary>
/// <param name="Group">Its API group; empty for the core group.</param>
/// <param name="Version">The version of the group.</param>
/// <param name="Kind">The kind, such as <c>Secret</c>.</param>
/// <param name="Plural">Its name in URLs and in RBAC rules, such as <c>secrets</c>.</param>
internal sealed record ApiResource(string Group, string Version, string Kind, string Plural)
{
    public static readonly ApiResource Namespaces = new(string.Empty, "v1", "Namespace", "namespaces");
    public static readonly ApiResource Secrets = new(string.Empty, "v1", "Secret", "secrets");
    public static readonly ApiResource ServiceAccounts = new(string.Empty, "v1", "ServiceAccount", "serviceaccounts");
    public static readonly ApiResource Deployments = new("apps", "v1", "Deployment", "deployments");
    public static readonly ApiResource Leases = new("coordination.k8s.io", "v1", "Lease", "leases");
    public static readonly ApiResource Jobs = new("batch", "v1", "Job", "jobs");
    public static readonly ApiResource CronJobs = new("batch", "v1", "CronJob", "cronjobs");

    /// <summary>CronJobs in Kubernetes before 1.21.</summary>
    public static readonly ApiResource EarlierCronJobs = CronJobs with { Version = "v1beta1" };

    public static readonly ApiResource AccessReviews = new(
        "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews");

    /// <summary>https://cert-manager.io/docs/reference/api-docs</summary>
    public const string CertManagerGroup = "cert-manager.io";

    public static readonly ApiResource Certificates = new(CertManagerGroup, "v1", "Certificate", "certificates");
    public static readonly ApiResource CertificateRequests = new(CertManagerGroup, "v1", "CertificateRequest", "certificaterequests");
    public static readonly ApiResource ClusterIssuers = new(CertManagerGroup, "v1", "ClusterIssuer", "clusterissuers");
    public static readonly ApiResource Orders = new("acme.cert-manager.io", "v1", "Order", "orders");
    public static readonly ApiResource Challenges = new("acme.cert-manager.io", "v1", "Challenge", "challenges");

    /// <summary>The value of <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name in RBAC rules and in kubectl, with the group if there is one.</summary>
    public string Name => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The path of an object or of a collection in one namespace, in all, or in the cluster.</summary>
    public string Path(string? inNamespace, string? name = null, string? subresource = null)
    {
        var path = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        path += inNamespace is null ? $"/{Plural}" : $"/namespaces/{Uri.EscapeDataString(inNamespace)}/{Plural}";
        path += name is null ? string.Empty : $"/{Uri.EscapeDataString(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}
