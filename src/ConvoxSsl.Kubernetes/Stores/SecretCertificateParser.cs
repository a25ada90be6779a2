using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>What a Secret that somebody else wrote says about its certificate.</summary>
internal static class SecretCertificateParser
{
    /// <summary>The label that tells certificates that were issued from those that were given.</summary>
    public const string TypeLabel = "type";

    /// <summary>The value of <see cref="TypeLabel"/> for what was issued.</summary>
    public const string IssuedType = "letsencrypt-certificate";

    /// <summary>The value of <see cref="TypeLabel"/> for what was imported or self-signed.</summary>
    public const string GivenType = "certificate";

    private const string IssuerAnnotation = "cert-manager.io/issuer-name";

    /// <summary>A version, with what its leaf tells.</summary>
    public static CertificateVersion VersionOf(CertificateChain chain, int number, DateTimeOffset stored, DateTimeOffset renewAfter) => new()
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

    /// <summary>A version that somebody else stored.</summary>
    public static CertificateVersion VersionOf(JsonObject secret, CertificateChain chain, int number)
    {
        DateTimeOffset notBefore = chain.Leaf.NotBefore.ToUniversalTime();

        // When a Secret was made is known, but not when it was written over: hardly before the certificate was valid.
        var stored = DateTimeOffset.TryParse(
            (string?)secret["metadata"]?["creationTimestamp"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var made) && made > notBefore
            ? made
            : notBefore;
        return VersionOf(chain, number, stored, RenewalPolicy.GetRenewalTime(notBefore, chain.Leaf.NotAfter.ToUniversalTime()));
    }

    /// <summary>A certificate that the module has never written.</summary>
    public static CertificateRecord RecordOf(JsonObject secret, string id, CertificateChain chain)
    {
        var issuedBy = secret.Annotation(IssuerAnnotation) is { Length: > 0 } issuer ? issuer : null;
        return new CertificateRecord
        {
            Id = id,
            Domains = DomainsOf(chain, id),
            Issuer = issuedBy ?? (SelfSignature.Verifies(chain.Leaf) ? Issuer.SelfSignedName : Issuer.ImportedName),
            Generated = issuedBy is not null || secret.Label(TypeLabel) == IssuedType,

            // What somebody else signed by itself may be pinned somewhere: it is no more ours to renew than an imported one.
            Settings = issuedBy is null ? null : new IssuanceSettings { Controller = RackScope.ControllerName, DirectoryUrl = DirectoryOf(issuedBy), KeyAlgorithm = KeyAlgorithmOf(chain) },
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
        Enum.TryParse<KeyAlgorithm>(chain.LeafKeyAlgorithm(), out var known) && Enum.IsDefined(known) ? known : default;
}
