using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Files;

/// <summary>Formats certificates and keys as the contents of files.</summary>
internal static class CertificateFileContents
{
    /// <summary>Formats a part of a certificate, whose key is known if the part needs it.</summary>
    /// <param name="material">The certificate.</param>
    /// <param name="part">The part.</param>
    /// <param name="format">The format.</param>
    /// <param name="password">The password of an archive; empty for none.</param>
    public static byte[] Create(
        CertificateWithKey material, CertificateFilePart part, CertificateFileFormat format, ReadOnlySpan<char> password)
    {
        var (chain, key) = (material.Chain, material.Key);
        return (part, format) switch
        {
            (CertificateFilePart.PrivateKey, CertificateFileFormat.Der) => key!.Key.ExportPkcs8PrivateKey(),
            (CertificateFilePart.PrivateKey, _) => Encode(key!.ToPem()),
            (CertificateFilePart.Certificate, CertificateFileFormat.Der) => chain.Leaf.RawData,
            (CertificateFilePart.Certificate, _) => Encode(chain.LeafPem()),
            (CertificateFilePart.Chain, _) => Encode(chain.IssuersPem()),
            (CertificateFilePart.FullChain, CertificateFileFormat.Pkcs7) => Encode(ToBundle(chain)),
            (CertificateFilePart.FullChain, _) => Encode(chain.FullPem()),
            (_, CertificateFileFormat.Pfx or CertificateFileFormat.LegacyPfx) =>
                Pfx.Write(chain, key!, password, format == CertificateFileFormat.LegacyPfx),

            // Postfix and others require the key before the certificate.
            _ => Encode(key!.ToPem() + chain.FullPem()),
        };
    }

    // In PEM (RFC 7468 section 8), which OpenSSL expects by default and Java, NSS and Windows recognize.
    private static string ToBundle(CertificateChain chain)
    {
        var bundle = new X509Certificate2Collection(chain.Certificates.ToArray()).Export(X509ContentType.Pkcs7)!;
        return PemEncoding.WriteString("PKCS7", bundle) + "\n";
    }

    private static byte[] Encode(string text) => Encoding.ASCII.GetBytes(text);
}
