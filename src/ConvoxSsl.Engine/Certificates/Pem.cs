using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A block of a PEM text (RFC 7468). The data may be secret, so this is not a record with a generated <c>ToString</c>.</summary>
internal sealed class PemBlock(string label, byte[] data)
{
    public string Label { get; } = label;

    public byte[] Data { get; } = data;
}

/// <summary>Parses PEM texts (RFC 7468) and ignores text between the blocks.</summary>
internal static class Pem
{
    private const string Begin = "-----BEGIN ";

    /// <summary>Parses all blocks, in the order of the text.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPem</c>: a block has no end, or its base64 is not valid.</exception>
    public static IReadOnlyList<PemBlock> Read(string text)
    {
        // Searching for each block's end in the whole text would be quadratic: minutes for a large text.
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
        new(ErrorCode.InvalidPem, "The PEM text is not valid because a block has no end or is not base64.")
        {
            Remedy = "Copy the file again, completely.",
        };
}
