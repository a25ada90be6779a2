using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Finds the certificates in PEM blocks, including those in PKCS#7 bundles and in OpenSSL's format with trust settings.</summary>
internal static class CertificateBlocks
{
    /// <summary>Returns the certificates in DER, in the order of the blocks.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="file">The file of the blocks, for messages; or null.</param>
    /// <exception cref="InvalidInputException"><c>InvalidCertificate</c>: a bundle is corrupt.</exception>
    public static IReadOnlyList<byte[]> Find(IEnumerable<PemBlock> blocks, string? file = null) =>
    [
        .. blocks.SelectMany(block => block.Label switch
        {
            "CERTIFICATE" or "X509 CERTIFICATE" => [block.Data],
            "TRUSTED CERTIFICATE" => [ReadTrusted(block.Data, file)],
            "PKCS7" or "CMS" => ReadBundle(block.Data, file),
            _ => (IEnumerable<byte[]>)[],
        }),
    ];

    // The certificate is followed by the settings.
    private static byte[] ReadTrusted(byte[] data, string? file)
    {
        try
        {
            return new AsnReader(data, AsnEncodingRules.BER).ReadEncodedValue().ToArray();
        }
        catch (AsnContentException e)
        {
            throw CertificateChain.Damaged(e, file);
        }
    }

    private static List<byte[]> ReadBundle(byte[] data, string? file)
    {
        try
        {
            var bundle = new SignedCms();
            bundle.Decode(data);
            return [.. bundle.Certificates.Select(c => c.RawData)];
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw CertificateChain.Damaged(e, file);
        }
    }
}
