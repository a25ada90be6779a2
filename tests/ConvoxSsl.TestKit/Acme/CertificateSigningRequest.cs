using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>The signing request of a finalize request (RFC 8555 section 7.4).</summary>
internal static class CertificateSigningRequest
{
    private const string AlternativeNames = "2.5.29.17";

    /// <summary>Gets the public key of a request for exactly the order's names.</summary>
    /// <exception cref="RejectedException"><c>badCSR</c>.</exception>
    public static PublicKey Check(SignedRequest signed, CaOrder order)
    {
        try
        {
            var der = Base64Url.DecodeFromChars((string?)signed.Document["csr"] ?? throw CreateRejection("it is missing"));
            var request = CertificateRequest.LoadSigningRequest(
                der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            var names = ReadNames(request);
            if (!names.ToHashSet().SetEquals(order.Identifiers.Select(i => i.Value)))
            {
                throw CreateRejection($"it is for {string.Join(", ", names)} and the order is for {string.Join(", ", order.Identifiers)}");
            }

            if (CommonName(request) is { } commonName && !names.Contains(commonName))
            {
                throw CreateRejection("its common name is none of its names");
            }

            return request.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(signed.Key.SubjectPublicKeyInfo)
                ? throw CreateRejection("its key is the account's (RFC 8555 section 11.1)")
                : request.PublicKey;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or AsnContentException)
        {
            throw CreateRejection("it is no PKCS#10 request, or its signature is wrong");
        }
    }

    private static List<string> ReadNames(CertificateRequest request)
    {
        var extension = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNames)
            ?? throw CreateRejection("it has no alternative names");
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        return [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(a => a.ToString())];
    }

    private static string? CommonName(CertificateRequest request) => request.SubjectName.EnumerateRelativeDistinguishedNames()
        .Where(r => !r.HasMultipleElements && r.GetSingleElementType().Value == "2.5.4.3")
            .Select(r => r.GetSingleElementValue())
            .FirstOrDefault();

    private static RejectedException CreateRejection(string why) => new(400, "badCSR", $"The signing request can't be used: {why}");
}
