using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>Where in a cluster a rack is, and how its objects are marked.</summary>
/// <param name="Name">The rack's name.</param>
/// <param name="Namespace">The rack's namespace.</param>
internal sealed partial record RackScope(string Name, string Namespace)
{
    /// <summary>What the module's own Secrets and Leases are called first.</summary>
    public const string Prefix = "convoxssl-";

    /// <summary>The prefix of the module's annotations and labels.</summary>
    public const string AnnotationPrefix = "convoxssl/";

    /// <summary>The label that tells what kind of the module's own data a Secret holds.</summary>
    public const string KindLabel = AnnotationPrefix + "kind";

    /// <summary>The label that names the program that manages an object.</summary>
    /// <seealso href="https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels"/>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>The value of <see cref="ManagedByLabel"/>.</summary>
    public const string ManagedBy = "convoxssl";

    /// <summary>What cert-manager is called as a rack's controller.</summary>
    public const string ControllerName = "cert-manager";

    /// <summary>Where cert-manager is.</summary>
    public const string CertManagerNamespace = "cert-manager";

    /// <summary>As whom cert-manager runs there.</summary>
    public const string CertManagerAccount = "cert-manager";

    /// <summary>The ClusterIssuer of a rack.</summary>
    public const string IssuerName = "letsencrypt";

    /// <summary>The label of all that is Convox's.</summary>
    public const string SystemLabel = "system";

    /// <summary>The value of <see cref="SystemLabel"/>.</summary>
    public const string Convox = "convox";

    /// <summary>The label that tells the rack.</summary>
    public const string RackLabel = "rack";

    /// <summary>What a rack's namespace is called after the rack's name.</summary>
    public const string NamespaceEnding = "-system";

    // So that the name of its namespace fits.
    private const int LongestName = 56;

    /// <summary>The selector of the rack's namespaces: its own, and those of its apps.</summary>
    public string NamespaceSelector => $"{SystemLabel}={Convox},{RackLabel}={Name}";

    /// <summary>The namespace of an app.</summary>
    public string NamespaceOf(string app) => $"{Name}-{app}";

    /// <summary>The scope that options mean.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRackName</c>, <c>InvalidNamespace</c>.</exception>
    public static RackScope Of(KubernetesRackOptions options)
    {
        if (options.Name.Length > LongestName || !Label().IsMatch(options.Name))
        {
            throw new InvalidInputException(ErrorCode.InvalidRackName, $"'{options.Name}' can't be the name of a rack. Names have lower-case letters, digits and hyphens, and at most 56 of them.", options.Name);
        }

        var inNamespace = options.Namespace ?? options.Name + NamespaceEnding;
        return Label().IsMatch(inNamespace)
            ? new RackScope(options.Name, inNamespace)
            : throw new InvalidInputException(ErrorCode.InvalidNamespace, $"'{inNamespace}' can't be a namespace. Namespaces have lower-case letters, digits and hyphens, and at most 63 of them.", inNamespace);
    }

    // RFC 1123 labels, as the API server checks them.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
