using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A leaf certificate and its issuers in order, as a server sends them (RFC 8446 section 4.4.2).</summary>
public sealed class CertificateChain : IDisposable
{
    // Every one is compared with every other. Bundles of all public roots have some 150.
    private const int MostCertificates = 300;

    private CertificateChain(IReadOnlyList<X509Certificate2> certificates, IReadOnlyList<string> unrelated)
    {
        Certificates = certificates;
        Unrelated = unrelated;
    }

    /// <summary>The leaf first, then each certificate's issuer.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; }

    /// <summary>The leaf.</summary>
    public X509Certificate2 Leaf => Certificates[0];

    /// <summary>Subjects of certificates that were in the text and left out, since nothing in the chain needs them.</summary>
    public IReadOnlyList<string> Unrelated { get; }

    /// <summary>
    /// Reads certificates in any order and puts them in order. The leaf is the one that belongs to
    /// <paramref name="key"/>, or without a key the first that issued none of the others.
    /// </summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidCertificate</c>: no or a damaged certificate. <c>KeyMismatch</c>: none belongs to the key.
    /// </exception>
    public static CertificateChain FromPem(string pem, PrivateKey? key = null)
    {
        var blocks = Pem.Read(pem).Where(b => b.Label is "CERTIFICATE" or "X509 CERTIFICATE").ToList();
        RequireFew(blocks.Count);
        var given = blocks.Select(Load).ToList();
        return given.Count > 0
            ? Arrange(given, key)
            : throw new InvalidInputException(ErrorCode.InvalidCertificate, "The text holds no certificate. Give a PEM file with a 'BEGIN CERTIFICATE' block.");
    }

    /// <summary>Puts certificates in order; takes them over, also those that it leaves out.</summary>
    /// <exception cref="InvalidInputException"><c>KeyMismatch</c>: none belongs to the key.</exception>
    internal static CertificateChain Arrange(IReadOnlyList<X509Certificate2> given, PrivateKey? key)
    {
        var leaf = key is null
            ? given.FirstOrDefault(c => !given.Any(other => other != c && Issued(c, other))) ?? given[0]
            : given.FirstOrDefault(key.Matches) ?? throw new InvalidInputException(
                ErrorCode.KeyMismatch,
                $"The private key does not belong to the certificate '{given[0].Subject}' (serial number {given[0].SerialNumber}). Give the key that the certificate was requested with.",
                given[0].SerialNumber);

        var rest = given.Where(c => c != leaf && !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).ToList();
        var ordered = new List<X509Certificate2> { leaf };
        while (rest.Find(c => Issued(c, ordered[^1])) is { } issuer)
        {
            ordered.Add(issuer);
            rest.RemoveAll(c => c.RawDataMemory.Span.SequenceEqual(issuer.RawDataMemory.Span));
        }

        return new CertificateChain(ordered, [.. rest.Select(c => c.Subject)]);
    }

    /// <summary>The leaf alone as PEM.</summary>
    public string LeafPem() => ToPem(Certificates.Take(1));

    /// <summary>The issuers as PEM; empty for a self-signed certificate.</summary>
    public string IssuersPem() => ToPem(Certificates.Skip(1));

    /// <summary>Leaf and issuers as PEM.</summary>
    public string FullPem() => ToPem(Certificates);

    /// <summary>The DNS names and addresses of the leaf, canonical where they can be read and as they stand where not.</summary>
    public IReadOnlyList<string> LeafNames() => NamesOf(Leaf);

    /// <summary>What kind of key the leaf has: a <see cref="KeyAlgorithm"/> by name, or another in the same manner.</summary>
    public string LeafKeyAlgorithm()
    {
        using var rsa = Leaf.GetRSAPublicKey();
        using var ecdsa = Leaf.GetECDsaPublicKey();
        return rsa is not null ? $"Rsa{rsa.KeySize}" : ecdsa is not null ? $"EcdsaP{ecdsa.KeySize}" : Leaf.PublicKey.Oid.FriendlyName ?? "Unknown";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var certificate in Certificates)
        {
            certificate.Dispose();
        }
    }

    internal static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null
            ? []
            : [.. extension.EnumerateDnsNames().Select(n => n.ToLowerInvariant()), .. extension.EnumerateIPAddresses().Select(a => a.ToString())];
    }

    private static bool Issued(X509Certificate2 issuer, X509Certificate2 subject)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData)
            || subject.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData))
        {
            return false;
        }

        // Cross-signed issuers share a name, and the key identifier tells a re-keyed one apart (RFC 5280 section 4.2.1.1).
        var wanted = subject.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var has = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is null || has is null || wanted.Value.Span.SequenceEqual(has.Value.Span);
    }

    private static X509Certificate2 Load(PemBlock block)
    {
        X509Certificate2? certificate = null;
        try
        {
            // What begins like a PFX or a PKCS #7 would be read as one.
            if (block.Data.Length == 0 || X509Certificate2.GetCertContentType(block.Data) != X509ContentType.Cert)
            {
                throw Damaged(null);
            }

            certificate = new X509Certificate2(block.Data);
            RequireReadable(certificate);
            return certificate;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            certificate?.Dispose();
            throw Damaged(e);
        }
    }

    internal static void RequireFew(int count)
    {
        if (count > MostCertificates)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCertificate, $"There are {count} certificates, and at most {MostCertificates} are taken. Give the certificate and the chain that belongs to it.", count);
        }
    }

    // The parts are parsed when they are looked at, and here is where somebody can still be told.
    internal static void RequireReadable(X509Certificate2 certificate)
    {
        _ = (certificate.Subject, certificate.Issuer, certificate.NotBefore, certificate.NotAfter, certificate.SerialNumber);
        _ = NamesOf(certificate);
        _ = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        _ = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier;
        _ = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        certificate.GetRSAPublicKey()?.Dispose();
        certificate.GetECDsaPublicKey()?.Dispose();
    }

    private static InvalidInputException Damaged(Exception? cause) =>
        new(ErrorCode.InvalidCertificate, "A certificate in the text is damaged. Copy the file again, whole.", null, cause);

    private static string ToPem(IEnumerable<X509Certificate2> certificates)
    {
        var text = new StringBuilder();
        foreach (var certificate in certificates)
        {
            text.Append(certificate.ExportCertificatePem()).Append('\n');
        }

        return text.ToString();
    }
}
