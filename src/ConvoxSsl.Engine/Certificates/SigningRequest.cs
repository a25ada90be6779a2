using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A PKCS#10 certificate signing request (RFC 2986) and the names it asks for.</summary>
public sealed class SigningRequest
{
    private const int MaximumCommonNameLength = 64;
    private const string AlternativeNameOid = "2.5.29.17";

    private SigningRequest(byte[] der, CertificateNameSet names, byte[] publicKey)
    {
        Der = der;
        Names = names;
        PublicKey = publicKey;
    }

    /// <summary>The request as it is sent in the finalize call (RFC 8555 section 7.4).</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The names of the subject alternative name extension.</summary>
    public CertificateNameSet Names { get; }

    /// <summary>The SubjectPublicKeyInfo, for comparing with the certificate that comes back.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>
    /// Makes a request. Its subject is the first name, or empty when that is an address or over 64 characters, or
    /// when <paramref name="emptySubject"/> asks for it as some profiles do. It carries no key usages: CAs choose
    /// those, and some refuse a request that names clientAuth.
    /// </summary>
    public static SigningRequest Create(PrivateKey key, CertificateNameSet names, bool emptySubject = false)
    {
        var request = Builder(key, CommonName(names[0], emptySubject));
        request.CertificateExtensions.Add(AlternativeNames(names));
        return new SigningRequest(request.CreateSigningRequest(), names, key.Key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Reads a request that the user made, and checks its signature.</summary>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidSigningRequest</c>: no or a damaged request, or one without names. <c>InvalidDomain</c>: a name that
    /// no certificate can have.
    /// </exception>
    public static SigningRequest FromPem(string pem)
    {
        var blocks = Pem.Read(pem).Where(b => b.Label is "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST").ToList();
        if (blocks.Count != 1)
        {
            throw Invalid($"The text holds {blocks.Count} certificate signing requests and exactly one is needed. Give a PEM file with one 'BEGIN CERTIFICATE REQUEST' block.");
        }

        try
        {
            var request = CertificateRequest.LoadSigningRequest(
                blocks[0].Data, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            return new SigningRequest(
                blocks[0].Data, NamesOf(request), request.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException)
        {
            throw Invalid("The certificate signing request is damaged, or its signature is wrong. Make it again.", e);
        }
    }

    /// <summary>The request as PEM, without whatever stood beside it.</summary>
    public string ToPem() => PemEncoding.WriteString("CERTIFICATE REQUEST", Der.Span) + "\n";

    internal static CertificateRequest Builder(PrivateKey key, string? commonName)
    {
        var subject = new X500DistinguishedNameBuilder();
        if (commonName is not null)
        {
            subject.AddCommonName(commonName);
        }

        return key.Key switch
        {
            ECDsa ecdsa => new CertificateRequest(subject.Build(), ecdsa, key.Hash),
            RSA rsa => new CertificateRequest(subject.Build(), rsa, key.Hash, RSASignaturePadding.Pkcs1),
            _ => throw new InvalidOperationException("Unknown key type."),
        };
    }

    internal static string? CommonName(CertificateName name, bool emptySubject) =>
        emptySubject || name.IsAddress || name.Value.Length > MaximumCommonNameLength ? null : name.Value;

    internal static X509Extension AlternativeNames(IEnumerable<CertificateName> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.Address is { } address)
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name.Value);
            }
        }

        return builder.Build();
    }

    private static CertificateNameSet NamesOf(CertificateRequest request)
    {
        var extension = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNameOid)
            ?? throw Invalid("The certificate signing request has no subject alternative names. Make it again with them: CAs ignore the subject.");
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        IEnumerable<IPAddress> addresses = names.EnumerateIPAddresses();
        return CertificateNameSet.Parse([.. names.EnumerateDnsNames(), .. addresses.Select(a => a.ToString())]);
    }

    private static InvalidInputException Invalid(string message, Exception? inner = null) =>
        new(ErrorCode.InvalidSigningRequest, message, null, inner);
}
