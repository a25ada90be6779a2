using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Scope;

/// <summary>The id of a certificate on a Kubernetes rack: its Secret's name, followed by <c>@namespace</c> for an app's own.</summary>
/// <param name="Name">The Secret's name.</param>
/// <param name="AppNamespace">The app's namespace; null for the rack's own certificates.</param>
internal readonly partial record struct CertificateSecretId(string Name, string? AppNamespace)
{
    // The names of version Secrets add a prefix and the version's number.
    private const int MaxLength = 253 - 20;

    /// <summary>True if the certificate belongs to an app.</summary>
    public bool IsOfApp => AppNamespace is not null;

    /// <summary>Gets the Secret's namespace.</summary>
    public string NamespaceIn(RackScope scope) => AppNamespace ?? scope.Namespace;

    /// <summary>Parses an id.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    public static CertificateSecretId Parse(string id)
    {
        var parts = id.Split('@');
        return parts.Length <= 2 && id.Length > 0 && parts.All(p => Subdomain().IsMatch(p)) && parts[0].Length <= MaxLength
            ? new CertificateSecretId(parts[0], parts.ElementAtOrDefault(1))
            : throw new InvalidInputException(
                ErrorCode.InvalidCertificateId,
                $"'{id}' is not a valid certificate id because ids on a Kubernetes rack consist of up to {MaxLength} lower-case "
                + "letters, digits, '-' and '.', optionally followed by '@' and the namespace of an app.",
                id);
    }

    /// <summary>Gets the Secret's name of a certificate that is about to be written.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>.</exception>
    /// <exception cref="EngineException"><c>CertificateOfApp</c>.</exception>
    public static string RequireOfRack(string id) => Parse(id) is { AppNamespace: null } parsed
        ? parsed.Name
        : throw new EngineException(
            ErrorCode.CertificateOfApp,
            EngineErrorKind.InvalidState,
            $"Cannot write '{id}' because it belongs to an app, whose cert-manager Certificate writes it.",
            id);

    /// <inheritdoc/>
    public override string ToString() => AppNamespace is null ? Name : $"{Name}@{AppNamespace}";

    // An RFC 1123 subdomain, as the API server requires for the names of Secrets.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();
}
