using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>One block of a PEM text (RFC 7468). May hold a secret: no <c>ToString</c> shows the data.</summary>
internal sealed class PemBlock(string label, byte[] data)
{
    public string Label { get; } = label;

    public byte[] Data { get; } = data;
}

/// <summary>Reads PEM texts (RFC 7468), passing over whatever stands between the blocks.</summary>
internal static class Pem
{
    /// <summary>The blocks in the order of the text.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPem</c>: a block has no end or its base64 is damaged.</exception>
    public static IReadOnlyList<PemBlock> Read(string text)
    {
        var blocks = new List<PemBlock>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var data = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], data, out var written) || written != data.Length)
            {
                throw Damaged();
            }

            blocks.Add(new PemBlock(rest[fields.Label].ToString(), data));
            rest = rest[fields.Location.End..];
        }

        var begins = CountOf(text, "-----BEGIN ");
        return begins == blocks.Count ? blocks : throw Damaged();
    }

    private static int CountOf(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static InvalidInputException Damaged() =>
        new("InvalidPem", "The PEM text is damaged: a block has no end or is not base64. Copy the file again, whole.");
}
