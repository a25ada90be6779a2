using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>The id of a certificate on a rack in a cluster: its Secret's name, and of an app's own one its namespace too.</summary>
/// <param name="Name">The Secret's name.</param>
/// <param name="AppNamespace">The app's namespace; null for the rack's.</param>
internal readonly partial record struct CertificateSecretId(string Name, string? AppNamespace)
{
    // What remains for the number of a version, and for what stands before and behind it in the name of its Secret.
    private const int LongestName = 253 - 20;

    /// <summary>Whether it is a certificate that an app holds itself.</summary>
    public bool IsOfApp => AppNamespace is not null;

    /// <summary>The Secret's namespace.</summary>
    public string NamespaceIn(RackScope scope) => AppNamespace ?? scope.Namespace;

    /// <summary>Reads an id.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    public static CertificateSecretId Parse(string id)
    {
        var parts = id.Split('@');
        return parts.Length <= 2 && id.Length > 0 && parts.All(p => Subdomain().IsMatch(p)) && parts[0].Length <= LongestName
            ? new CertificateSecretId(parts[0], parts.ElementAtOrDefault(1))
            : throw new InvalidInputException(
                ErrorCode.InvalidCertificateId,
                $"'{id}' can't be the id of a certificate on a rack in a cluster: ids hold up to {LongestName} lower-case letters, digits, '-' and '.', as the names of Secrets do, and behind an '@' perhaps the namespace of an app. Get-ConvoxCertificate lists them.",
                id);
    }

    /// <summary>The Secret's name, of a certificate that is about to be written.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    /// <exception cref="EngineException"><c>CertificateOfApp</c>.</exception>
    public static string RequireOfRack(string id) => Parse(id) is { AppNamespace: null } parsed
        ? parsed.Name
        : throw new EngineException(
            ErrorCode.CertificateOfApp, EngineErrorKind.InvalidState, $"'{id}' belongs to an app: cert-manager keeps it in the app's namespace, and nothing else writes it. Update-ConvoxCertificate has it renewed there.", id);

    /// <inheritdoc/>
    public override string ToString() => AppNamespace is null ? Name : $"{Name}@{AppNamespace}";

    // RFC 1123 subdomains, as the API server checks the names of Secrets.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();
}
