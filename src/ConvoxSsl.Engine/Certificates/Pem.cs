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
    private const string Begin = "-----BEGIN ";

    /// <summary>The blocks in the order of the text.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPem</c>: a block has no end or its base64 is damaged.</exception>
    public static IReadOnlyList<PemBlock> Read(string text)
    {
        // Block by block: a search for the end of each that goes on to the end of the text takes minutes for a large one.
        var blocks = new List<PemBlock>();
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0;)
        {
            var next = text.IndexOf(Begin, at + 1, StringComparison.Ordinal);
            var isLineStart = at == 0 || char.IsWhiteSpace(text[at - 1]);
            blocks.Add(isLineStart ? Read(next < 0 ? text.AsSpan(at) : text.AsSpan(at, next - at)) : throw Damaged());
            at = next;
        }

        return blocks;
    }

    private static PemBlock Read(ReadOnlySpan<char> text)
    {
        if (!PemEncoding.TryFind(text, out var fields))
        {
            throw Damaged();
        }

        var data = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text[fields.Base64Data], data, out var written) && written == data.Length
            ? new PemBlock(text[fields.Label].ToString(), data)
            : throw Damaged();
    }

    private static InvalidInputException Damaged() =>
        new(ErrorCode.InvalidPem, "The PEM text is damaged: a block has no end or is not base64. Copy the file again, whole.");
}
