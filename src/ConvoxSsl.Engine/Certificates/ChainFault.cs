using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Finds faults of chains for which clients reject a certificate (RFC 5280 section 6.1), except expiry and trust.</summary>
public static class ChainFault
{
    /// <summary>Describes the first fault of a chain: a wrong signature, or an issuer that is not a CA.</summary>
    /// <returns>The fault as a clause; null if there is none.</returns>
    public static string? Find(CertificateChain chain)
    {
        var certificates = chain.Certificates;
        for (var i = 1; i < certificates.Count; i++)
        {
            var (subject, issuer) = (certificates[i - 1], certificates[i]);
            if (!IsAuthority(issuer))
            {
                return $"'{issuer.Subject}' in its chain is not a CA certificate";
            }

            // The path length counts the CA certificates between the issuer and the leaf, except self-issued ones.
            if (GetConstraints(issuer) is { HasPathLengthConstraint: true } constraints
                && certificates.Take(i).Skip(1).Count(c => !IsSelfIssued(c)) > constraints.PathLengthConstraint)
            {
                return $"'{issuer.Subject}' in its chain must not issue for the CA below it";
            }

            if (CertificateSignature.Verify(subject, issuer) is false)
            {
                return $"'{Describe(subject)}' was signed with another key than that of its issuer '{issuer.Subject}'";
            }
        }

        var last = certificates[^1];
        return !IsSelfIssued(last) && chain.Unrelated.Contains(last.Issuer)
            ? $"'{Describe(last)}' was issued with another key than that of '{last.Issuer}' in its chain"
            : null;
    }

    /// <summary>
    /// True if a chain is only a leaf that a CA issued. That is a fault unless its issuer is a root, as of some private CAs.
    /// </summary>
    public static bool LacksIntermediate(CertificateChain chain) => chain.Certificates.Count == 1 && !IsSelfIssued(chain.Leaf);

    /// <summary>True if a certificate may issue others.</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        GetConstraints(certificate)?.CertificateAuthority ?? (certificate.Version < 3 && IsSelfIssued(certificate));

    /// <summary>True if subject and issuer of a certificate are the same, as in a root.</summary>
    public static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static X509BasicConstraintsExtension? GetConstraints(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();

    private static string Describe(X509Certificate2 certificate) =>
        certificate.Subject.Length > 0 ? certificate.Subject
        : CertificateChain.NamesOf(certificate) is [var name, ..] ? name
        : certificate.SerialNumber;
}
