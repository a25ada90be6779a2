using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Creates records and versions from certificates in Secrets that other programs wrote.</summary>
internal static class SecretCertificateParser
{
    /// <summary>The label that distinguishes issued certificates from others.</summary>
    public const string TypeLabel = "type";

    /// <summary>The value of <see cref="TypeLabel"/> for an issued certificate.</summary>
    public const string IssuedType = "letsencrypt-certificate";

    /// <summary>The value of <see cref="TypeLabel"/> for an imported or self-signed certificate.</summary>
    public const string GivenType = "certificate";

    private const string IssuerAnnotation = "cert-manager.io/issuer-name";

    /// <summary>Creates a version from a leaf certificate.</summary>
    public static CertificateVersion VersionOf(CertificateChain chain, int number, DateTimeOffset stored, DateTimeOffset renewAfter) =>
        new()
    {
        Number = number,
        NotBefore = chain.Leaf.NotBefore.ToUniversalTime(),
        Expires = chain.Leaf.NotAfter.ToUniversalTime(),
        RenewAfter = renewAfter,
        SerialNumber = chain.Leaf.SerialNumber,
        Thumbprint = chain.Leaf.Thumbprint,
        KeyAlgorithm = chain.LeafKeyAlgorithm(),
        Stored = stored,
        RenewalId = RenewalIdentifier.FromCertificate(chain.Leaf),
    };

    /// <summary>Creates a version that another program stored.</summary>
    public static CertificateVersion VersionOf(JsonObject secret, CertificateChain chain, int number)
    {
        DateTimeOffset notBefore = chain.Leaf.NotBefore.ToUniversalTime();

        // The time at which a Secret was overwritten is unknown. Use its creation, or the start of validity if that is later.
        var stored = secret.At("metadata").Time("creationTimestamp") is { } created && created > notBefore ? created : notBefore;
        return VersionOf(chain, number, stored, CertificateLifetime.GetRenewalTime(notBefore, chain.Leaf.NotAfter.ToUniversalTime()));
    }

    /// <summary>Creates the record of a certificate that the module has never written.</summary>
    public static CertificateRecord RecordOf(JsonObject secret, string id, CertificateChain chain)
    {
        var issuedBy = secret.Annotation(IssuerAnnotation) is { Length: > 0 } issuer ? issuer : null;
        return new CertificateRecord
        {
            Id = id,
            Domains = DomainsOf(chain, id),
            Issuer = issuedBy ?? (SelfSignature.Verifies(chain.Leaf) ? Issuer.SelfSignedName : Issuer.ImportedName),
            Generated = issuedBy is not null || secret.Label(TypeLabel) == IssuedType,

            // A self-signed certificate from another program may be pinned somewhere; like an imported one, it is not renewed.
            Settings = issuedBy is null
                ? null
                : new IssuanceSettings
                {
                    Controller = RackScope.ControllerName,
                    DirectoryUrl = DirectoryOf(issuedBy),
                    KeyAlgorithm = KeyAlgorithmOf(chain),
                },
        };
    }

    private static IReadOnlyList<string> DomainsOf(CertificateChain chain, string id)
    {
        var names = chain.LeafNames();
        var common = chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return names.Count > 0 ? names : [common.Length > 0 ? common : id];
    }

    private static Uri? DirectoryOf(string issuer) =>
        Issuer.WellKnown.FirstOrDefault(i => i.Name.Equals(issuer, StringComparison.OrdinalIgnoreCase))?.DirectoryUrl;

    private static KeyAlgorithm KeyAlgorithmOf(CertificateChain chain) =>
        Enum.TryParse<KeyAlgorithm>(chain.LeafKeyAlgorithm(), out var algorithm) && Enum.IsDefined(algorithm) ? algorithm : default;
}
