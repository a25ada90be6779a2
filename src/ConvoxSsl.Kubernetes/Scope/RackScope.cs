using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>A rack's place in its cluster, and the names and labels of its objects.</summary>
/// <param name="Name">The rack's name.</param>
/// <param name="Namespace">The rack's namespace.</param>
internal sealed partial record RackScope(string Name, string Namespace)
{
    /// <summary>The prefix of the names of the module's own Secrets and Leases.</summary>
    public const string Prefix = "convoxssl-";

    /// <summary>The prefix of the module's annotations and labels.</summary>
    public const string AnnotationPrefix = "convoxssl/";

    /// <summary>The label for the kind of data in one of the module's own Secrets.</summary>
    public const string KindLabel = AnnotationPrefix + "kind";

    /// <summary>The label that names the program that manages an object.</summary>
    /// <seealso href="https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels"/>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>The value of <see cref="ManagedByLabel"/>.</summary>
    public const string ManagedBy = "convoxssl";

    /// <summary>The name of cert-manager as a rack's controller.</summary>
    public const string ControllerName = "cert-manager";

    /// <summary>The namespace of cert-manager.</summary>
    public const string CertManagerNamespace = "cert-manager";

    /// <summary>The Deployment of cert-manager's controller.</summary>
    public const string CertManagerDeployment = "cert-manager";

    /// <summary>The ServiceAccount of cert-manager.</summary>
    public const string CertManagerAccount = "cert-manager";

    /// <summary>The name of the rack's ClusterIssuer.</summary>
    public const string IssuerName = "letsencrypt";

    /// <summary>The label of all objects of Convox.</summary>
    public const string SystemLabel = "system";

    /// <summary>The value of <see cref="SystemLabel"/>.</summary>
    public const string Convox = "convox";

    /// <summary>The label for the rack's name.</summary>
    public const string RackLabel = "rack";

    /// <summary>The suffix of a rack's namespace.</summary>
    public const string NamespaceEnding = "-system";

    // A longer name would not fit into the namespace's name.
    private const int MaxNameLength = 56;

    /// <summary>The selector of the namespaces of the rack and its apps.</summary>
    public string NamespaceSelector => $"{SystemLabel}={Convox},{RackLabel}={Name}";

    /// <summary>Gets the namespace of an app.</summary>
    public string NamespaceOf(string app) => $"{Name}-{app}";

    /// <summary>Creates the scope from options.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRackName</c>, <c>InvalidNamespace</c>.</exception>
    public static RackScope Create(KubernetesRackOptions options)
    {
        if (options.Name.Length > MaxNameLength || !Label().IsMatch(options.Name))
        {
            throw new InvalidInputException(ErrorCode.InvalidRackName, $"'{options.Name}' is not a valid rack name.", options.Name)
            {
                Remedy = $"Use lower-case letters, digits and hyphens, and at most {MaxNameLength} characters.",
            };
        }

        var inNamespace = options.Namespace ?? options.Name + NamespaceEnding;
        return Label().IsMatch(inNamespace)
            ? new RackScope(options.Name, inNamespace)
            : throw new InvalidInputException(ErrorCode.InvalidNamespace, $"'{inNamespace}' is not a valid namespace.", inNamespace)
            {
                Remedy = "Use lower-case letters, digits and hyphens, and at most 63 characters.",
            };
    }

    // An RFC 1123 label, as the API server requires.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
