using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A leaf certificate and its issuers in order, as a server sends them (RFC 8446 section 4.4.2).</summary>
public sealed class CertificateChain : IDisposable
{
    // Each is compared with each other. Bundles of all public roots have about 150.
    private const int MaxCertificates = 300;

    private CertificateChain(IReadOnlyList<X509Certificate2> certificates, IReadOnlyList<string> unrelated)
    {
        Certificates = certificates;
        Unrelated = unrelated;
    }

    /// <summary>The leaf first, then each certificate's issuer.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; }

    /// <summary>The leaf.</summary>
    public X509Certificate2 Leaf => Certificates[0];

    /// <summary>The subjects of certificates in the input that are not part of the chain.</summary>
    public IReadOnlyList<string> Unrelated { get; }

    /// <summary>
    /// Parses certificates in any order and sorts them. The leaf is the certificate of <paramref name="key"/>, or without a
    /// key the first one that issued none of the others.
    /// </summary>
    /// <param name="pem">The text.</param>
    /// <param name="key">The key of the leaf, or null.</param>
    /// <param name="file">The file of the text, for messages; or null.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidCertificate</c>: there is none, or one is corrupt. <c>KeyMismatch</c>: none belongs to the key.
    /// </exception>
    public static CertificateChain FromPem(string pem, PrivateKey? key = null, string? file = null)
    {
        var all = Pem.Read(pem, file);
        var blocks = CertificateBlocks.Find(all, file);
        RequireFew(blocks.Count, file);
        var certificates = blocks.Select(block => Load(block, file)).ToList();
        return certificates.Count > 0
            ? Arrange(certificates, key)
            : throw new InvalidInputException(
                ErrorCode.InvalidCertificate, $"{InputName.Text(file)} contains no certificate{KeyFormat.DescribeOther(pem, all)}.")
            {
                Remedy = "Give a PEM file with a 'BEGIN CERTIFICATE' block.",
            };
    }

    /// <summary>Sorts certificates into a chain. Takes ownership of all of them, including unrelated ones.</summary>
    /// <exception cref="InvalidInputException"><c>KeyMismatch</c>: none belongs to the key.</exception>
    internal static CertificateChain Arrange(IReadOnlyList<X509Certificate2> certificates, PrivateKey? key)
    {
        var leaf = key is null
            ? certificates.FirstOrDefault(c => !certificates.Any(other => other != c && Issued(c, other))) ?? certificates[0]
            : certificates.FirstOrDefault(key.Matches) ?? throw new InvalidInputException(
                ErrorCode.KeyMismatch,
                $"The private key does not belong to the certificate '{certificates[0].Subject}' (serial number "
                    + $"{certificates[0].SerialNumber}).",
                certificates[0].SerialNumber)
            {
                Remedy = "Give the key that the certificate was requested with.",
            };

        var rest = certificates.Where(c => c != leaf && !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).ToList();
        var ordered = new List<X509Certificate2> { leaf };
        while (FindIssuer(rest, ordered[^1]) is { } issuer)
        {
            ordered.Add(issuer);
            rest.RemoveAll(c => c.RawDataMemory.Span.SequenceEqual(issuer.RawDataMemory.Span));
        }

        return new CertificateChain(ordered, [.. rest.Select(c => c.Subject)]);
    }

    /// <summary>Formats the leaf as PEM.</summary>
    public string LeafPem() => ToPem(Certificates.Take(1));

    /// <summary>Formats the issuers as PEM; without issuers the certificate itself, because servers reject an empty file.</summary>
    public string IssuersPem() => ToPem(Certificates.Count > 1 ? Certificates.Skip(1) : Certificates);

    /// <summary>Formats leaf and issuers as PEM.</summary>
    public string FullPem() => ToPem(Certificates);

    /// <summary>Gets the DNS names, in lower case, and the addresses of the leaf.</summary>
    public IReadOnlyList<string> LeafNames() => NamesOf(Leaf);

    /// <summary>Gets the leaf's key type: the name of a <see cref="KeyAlgorithm"/>, or a similar name for other types.</summary>
    public string LeafKeyAlgorithm()
    {
        using var rsa = Leaf.GetRSAPublicKey();
        using var ecdsa = Leaf.GetECDsaPublicKey();
        return rsa is not null
            ? $"Rsa{rsa.KeySize}"
            : ecdsa is not null
            ? $"EcdsaP{ecdsa.KeySize}"
            : Leaf.PublicKey.Oid.FriendlyName ?? "Unknown";
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
            : [.. extension.EnumerateDnsNames()
                .Select(n => n.ToLowerInvariant()), .. extension.EnumerateIPAddresses().Select(a => a.ToString())];
    }

    // Several CAs may have the same name and no key identifier.
    private static X509Certificate2? FindIssuer(List<X509Certificate2> candidates, X509Certificate2 subject) =>
        candidates.FindAll(c => Issued(c, subject)) switch
        {
            [] => null,
            [var only] => only,
            var several => several.Find(c => CertificateSignature.Verify(subject, c) is true) ?? several[0],
        };

    private static bool Issued(X509Certificate2 issuer, X509Certificate2 subject)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData)
            || subject.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData))
        {
            return false;
        }

        // RFC 5280 section 4.2.1.1: the key identifier distinguishes issuers with the same name but different keys.
        var wanted = subject.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var has = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is null || has is null || wanted.Value.Span.SequenceEqual(has.Value.Span);
    }

    /// <exception cref="InvalidInputException"><c>InvalidCertificate</c>: the data is not a certificate, or is corrupt.</exception>
    internal static X509Certificate2 Load(byte[] data, string? file = null)
    {
        X509Certificate2? certificate = null;
        try
        {
            // The constructor would also load a PFX or PKCS #7.
            if (data.Length == 0 || X509Certificate2.GetCertContentType(data) != X509ContentType.Cert)
            {
                throw Damaged(null, file);
            }

            certificate = new X509Certificate2(data);
            RequireReadable(certificate);
            return certificate;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            certificate?.Dispose();
            throw Damaged(e, file);
        }
    }

    internal static void RequireFew(int count, string? file = null)
    {
        if (count > MaxCertificates)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidCertificate,
                $"{InputName.Text(file)} contains {count} certificates; the maximum is {MaxCertificates}.",
                count)
            {
                Remedy = "Give the certificate and its chain only.",
            };
        }
    }

    // .NET parses these members lazily; parse them now, while an error can still name the input.
    internal static void RequireReadable(X509Certificate2 certificate)
    {
        _ = (certificate.Subject, certificate.Issuer, certificate.NotBefore, certificate.NotAfter, certificate.SerialNumber);
        _ = NamesOf(certificate);
        _ = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        _ = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier;
        _ = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault()?.CertificateAuthority;
        _ = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        certificate.GetRSAPublicKey()?.Dispose();
        certificate.GetECDsaPublicKey()?.Dispose();
    }

    internal static InvalidInputException Damaged(Exception? cause, string? file = null) =>
        new(ErrorCode.InvalidCertificate, $"A certificate in {(file is null ? "the text" : $"'{file}'")} is corrupt.", null, cause)
        {
            Remedy = "Copy the file again, completely.",
        };

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
