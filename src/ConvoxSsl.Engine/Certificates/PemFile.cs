using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Reads files of certificates, keys and signing requests as PEM text, whether they are text or DER.</summary>
public static class PemFile
{
    private static readonly byte[] JavaKeyStore = [0xFE, 0xED, 0xFE, 0xED];

    /// <summary>Decodes a text file in the encoding that its byte order mark shows, else in UTF-8; converts DER to PEM.</summary>
    /// <param name="data">The content of the file.</param>
    /// <param name="file">The file, for messages; or null.</param>
    /// <exception cref="InvalidInputException"><c>InvalidPem</c>: it has a well-known format that cannot be read.</exception>
    public static string Decode(byte[] data, string? file = null)
    {
        if (data.AsSpan().StartsWith(JavaKeyStore))
        {
            throw new InvalidInputException(ErrorCode.InvalidPem, $"{(file is null ? "The file" : $"'{file}'")} is a Java keystore.")
            {
                Remedy = "Convert it to a PFX file with 'keytool -importkeystore -deststoretype pkcs12'.",
            };
        }

        return FindLabel(data) is { } label ? ToPem(label, data) : DecodeText(data);
    }

    /// <summary>True for DER that is none of the formats which <see cref="Decode"/> converts, such as a PFX file.</summary>
    public static bool IsPfx(byte[] data) => data is [0x30, ..] && FindLabel(data) is null;

    private static string DecodeText(byte[] data)
    {
        using var reader = new StreamReader(new MemoryStream(data), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static string ToPem(string label, byte[] data) =>
        PemEncoding.WriteString(label, new AsnReader(data, AsnEncodingRules.BER).PeekEncodedValue().Span) + "\n";

    // The label of the PEM block for data in DER; null for text, a PFX file and unknown data.
    private static string? FindLabel(byte[] data)
    {
        if (data is not [0x30, ..])
        {
            return null;
        }

        try
        {
            var content = new AsnReader(data, AsnEncodingRules.BER).ReadSequence();
            var first = content.PeekTag();
            return first.HasSameClassAndValue(Asn1Tag.ObjectIdentifier) ? "PKCS7"
                : first.HasSameClassAndValue(Asn1Tag.Integer) ? FindKeyLabel(content)
                : first.HasSameClassAndValue(Asn1Tag.Sequence) ? FindSignedLabel(content)
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    // PKCS#1 continues with the modulus, SEC 1 with the key, PKCS#8 with the algorithm; PFX with a content type.
    private static string? FindKeyLabel(AsnReader content)
    {
        content.ReadIntegerBytes();
        var second = content.PeekTag();
        if (second.HasSameClassAndValue(Asn1Tag.Integer))
        {
            return "RSA PRIVATE KEY";
        }

        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
        {
            return "EC PRIVATE KEY";
        }

        content.ReadSequence();
        return content.HasData && content.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString) ? "PRIVATE KEY" : null;
    }

    // An encrypted key has an algorithm and data; certificates and requests have a signature.
    private static string FindSignedLabel(AsnReader content)
    {
        var signed = content.ReadSequence();
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
        {
            return "ENCRYPTED PRIVATE KEY";
        }

        var members = 0;
        for (; signed.HasData; members++)
        {
            signed.ReadEncodedValue();
        }

        // RFC 2986 section 4.1: version, subject, key, attributes. A certificate has at least six members.
        return members <= 4 ? "CERTIFICATE REQUEST" : "CERTIFICATE";
    }
}
