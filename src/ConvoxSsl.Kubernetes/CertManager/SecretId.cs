namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>Which Secret an id means: one of the rack's namespace, or with <c>@</c> one of an app's.</summary>
/// <param name="Name">The Secret's name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="IsOfApp">Whether it is an app's.</param>
internal readonly record struct SecretId(string Name, string Namespace, bool IsOfApp)
{
    /// <summary>What an id means.</summary>
    public static SecretId Parse(string id, RackScope scope) => id.LastIndexOf('@') is > 0 and var at
        ? new SecretId(id[..at], id[(at + 1)..], id[(at + 1)..] != scope.Namespace)
        : new SecretId(id, scope.Namespace, false);
}
