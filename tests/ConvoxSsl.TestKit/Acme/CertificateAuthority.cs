using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>The content of a certificate.</summary>
/// <param name="Key">The public key.</param>
/// <param name="Names">The DNS names and addresses.</param>
/// <param name="NotBefore">The beginning of validity.</param>
/// <param name="NotAfter">The end of validity.</param>
public sealed record CertificateContent(PublicKey Key, IReadOnlyList<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>True for a CA certificate.</summary>
    public bool IsAuthority { get; init; }

    /// <summary>True to sign with another key than the issuer's.</summary>
    public bool HasWrongSignature { get; init; }

    /// <summary>Returns the same content for a random key.</summary>
    public CertificateContent ForAnotherKey()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return this with { Key = new PublicKey(other) };
    }
}

/// <summary>Roots, and an issuer that is signed by each of them.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private readonly ECDsa _issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<X509Certificate2> _issuers = [];

    public CertificateAuthority(DateTimeOffset now, int alternateRoots)
    {
        for (var number = 0; number <= alternateRoots; number++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = Request($"CN=Test Root {number}", new PublicKey(key), isAuthority: true);
            var signer = X509SignatureGenerator.CreateForECDsa(key);
            Roots.Add(request.Create(request.SubjectName, signer, now.AddYears(-5), now.AddYears(25), Serial()));
            var issuer = Request("CN=Test Issuer", new PublicKey(_issuerKey), isAuthority: true);
            issuer.CertificateExtensions.Add(GetIdentifier(Roots[^1]));
            _issuers.Add(issuer.Create(Roots[^1].SubjectName, signer, now.AddYears(-4), now.AddYears(24), Serial()));
        }
    }

    public List<X509Certificate2> Roots { get; } = [];

    public X509Certificate2 Issue(CertificateContent content)
    {
        var request = Request(string.Empty, content.Key, content.IsAuthority);
        request.CertificateExtensions.Add(GetIdentifier(_issuers[0]));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in content.Names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(names.Build(critical: true));
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = X509SignatureGenerator.CreateForECDsa(content.HasWrongSignature ? otherKey : _issuerKey);
        return request.Create(
            _issuers[0].SubjectName, signer, content.NotBefore, content.NotAfter, Serial());
    }

    /// <summary>Creates the chains of a certificate in PEM, one for each root.</summary>
    public IReadOnlyList<string> Chains(X509Certificate2 certificate) =>
        [.. _issuers.Select(issuer => $"{certificate.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n")];

    /// <summary>Gets the identifier of a certificate in renewal information (RFC 9773 section 4.1).</summary>
    public static string RenewalId(X509Certificate2 certificate)
    {
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value;
        return $"{Base64Url.EncodeToString(authority.Span)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}";
    }

    public void Dispose()
    {
        _issuerKey.Dispose();
        foreach (var certificate in _issuers.Concat(Roots))
        {
            certificate.Dispose();
        }
    }

    private static CertificateRequest Request(string subject, PublicKey key, bool isAuthority)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        return request;
    }

    private static X509AuthorityKeyIdentifierExtension GetIdentifier(X509Certificate2 issuer) =>
        X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>()
            .Single());

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
