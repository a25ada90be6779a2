using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A PKCS#10 certificate signing request (RFC 2986).</summary>
public sealed class SigningRequest
{
    private const int MaxCommonNameLength = 64;
    private const string AlternativeNameOid = "2.5.29.17";

    private SigningRequest(byte[] der, CertificateNameSet names, byte[] publicKey)
    {
        Der = der;
        Names = names;
        PublicKey = publicKey;
    }

    /// <summary>The request in DER, as in the finalize request (RFC 8555 section 7.4).</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The names of the subject alternative name extension.</summary>
    public CertificateNameSet Names { get; }

    /// <summary>The SubjectPublicKeyInfo, to compare with the issued certificate.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>
    /// Creates a request. Its subject is the first name; it is empty if that is an address or longer than 64 characters, or if
    /// <paramref name="emptySubject"/> is true, as some profiles require. It has no key usages: CAs choose them, and some
    /// reject requests with clientAuth.
    /// </summary>
    public static SigningRequest Create(PrivateKey key, CertificateNameSet names, bool emptySubject = false)
    {
        var request = CreateBuilder(key, GetCommonName(names[0], emptySubject));
        request.CertificateExtensions.Add(CreateAlternativeNames(names));
        return new SigningRequest(request.CreateSigningRequest(), names, key.Key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Parses the user's own request and verifies its signature.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="file">The file of the text, for messages; or null.</param>
    /// <exception cref="InvalidInputException">
    /// <c>InvalidSigningRequest</c>: there is no request, or it is corrupt or has no names. <c>InvalidDomain</c>: a name is not
    /// valid.
    /// </exception>
    public static SigningRequest FromPem(string pem, string? file = null)
    {
        var all = Pem.Read(pem, file);
        var blocks = all.Where(b => b.Label is "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST").ToList();
        if (blocks.Count != 1)
        {
            throw Invalid(
                blocks.Count == 0
                    ? $"{InputName.Text(file)} contains no certificate signing request{KeyFormat.DescribeOther(pem, all)}."
                    : $"{InputName.Text(file)} contains {blocks.Count} certificate signing requests instead of one.",
                "Give a PEM file with one 'BEGIN CERTIFICATE REQUEST' block.");
        }

        try
        {
            var request = CertificateRequest.LoadSigningRequest(
                blocks[0].Data, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            return new SigningRequest(
                blocks[0].Data, ReadNames(request), request.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or NotSupportedException)
        {
            throw KeyFormat.FindRequestType(blocks[0].Data) is { } type
                ? Invalid(
                    $"The certificate signing request is not valid because the type of its key is {type}.",
                    "Create it again with an RSA key, or an ECDSA key with P-256 or P-384.",
                    e)
                : Invalid("The certificate signing request is corrupt, or its signature is wrong.", "Create it again.", e);
        }
    }

    /// <summary>Formats the request as PEM, without other text of the input.</summary>
    public string ToPem() => PemEncoding.WriteString("CERTIFICATE REQUEST", Der.Span) + "\n";

    internal static CertificateRequest CreateBuilder(PrivateKey key, string? commonName)
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

    internal static string? GetCommonName(CertificateName name, bool emptySubject) =>
        emptySubject || name.IsAddress || name.Value.Length > MaxCommonNameLength ? null : name.Value;

    internal static X509Extension CreateAlternativeNames(IEnumerable<CertificateName> names)
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

    private static CertificateNameSet ReadNames(CertificateRequest request)
    {
        var extension = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNameOid)
            ?? throw Invalid(
                "The certificate signing request has no subject alternative names.", "Create it again with them: CAs ignore the subject.");
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        IEnumerable<IPAddress> addresses = names.EnumerateIPAddresses();
        return CertificateNameSet.Parse([.. names.EnumerateDnsNames(), .. addresses.Select(a => a.ToString())]);
    }

    private static InvalidInputException Invalid(string message, string remedy, Exception? inner = null) =>
        new(ErrorCode.InvalidSigningRequest, message, null, inner) { Remedy = remedy };
}
