using System.Security.Cryptography;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>A block of a PEM text (RFC 7468). The data may be secret, so this is not a record with a generated <c>ToString</c>.</summary>
internal sealed class PemBlock(string label, byte[] data, string? encryption = null)
{
    public string Label { get; } = label;

    public byte[] Data { get; } = data;

    /// <summary>The encryption of a key in OpenSSL's older format: the value of the header <c>DEK-Info</c>; null for none.</summary>
    public string? Encryption { get; } = encryption;
}

/// <summary>
/// Parses PEM texts (RFC 7468) and ignores text between the blocks. Like OpenSSL, it accepts byte order marks, and also blocks that
/// are joined without a line break.
/// </summary>
internal static class Pem
{
    private const string Begin = "-----BEGIN ";
    private const string Dashes = "-----";
    private const string ByteOrderMark = "\uFEFF";

    /// <summary>Parses all blocks, in the order of the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file of the text, for messages; or null.</param>
    /// <exception cref="InvalidInputException"><c>InvalidPem</c>: a block has no end, or its base64 is not valid.</exception>
    public static IReadOnlyList<PemBlock> Read(string text, string? file = null)
    {
        // Files that were joined have one before each part.
        text = text.Replace(ByteOrderMark, string.Empty, StringComparison.Ordinal);

        // Searching for each block's end in the whole text would be quadratic: minutes for a large text.
        var blocks = new List<PemBlock>();
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0;)
        {
            var next = text.IndexOf(Begin, at + 1, StringComparison.Ordinal);
            var isStart = at == 0 || char.IsWhiteSpace(text[at - 1]) || text.AsSpan(0, at).EndsWith(Dashes, StringComparison.Ordinal);
            blocks.Add(isStart ? ReadBlock(next < 0 ? text.AsSpan(at) : text.AsSpan(at, next - at), file) : throw Damaged(file));
            at = next;
        }

        return blocks;
    }

    private static PemBlock ReadBlock(ReadOnlySpan<char> text, string? file)
    {
        var rest = text[Begin.Length..];
        var labelLength = rest.IndexOf(Dashes, StringComparison.Ordinal);
        if (labelLength < 0)
        {
            throw Damaged(file);
        }

        var label = rest[..labelLength].ToString();
        var content = rest[(labelLength + Dashes.Length)..];
        var end = content.IndexOf($"-----END {label}-----", StringComparison.Ordinal);
        if (end < 0)
        {
            throw Damaged(file);
        }

        content = SkipHeaders(content[..end], file, out var encryption);
        var buffer = new byte[(content.Length / 4 * 3) + 3];
        try
        {
            return Convert.TryFromBase64Chars(content, buffer, out var written)
                ? new PemBlock(label, buffer.AsSpan(0, written).ToArray(), encryption)
                : throw Damaged(file);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    // RFC 1421 section 4.6: headers and an empty line before the data.
    private static ReadOnlySpan<char> SkipHeaders(ReadOnlySpan<char> content, string? file, out string? encryption)
    {
        const string EncryptionHeader = "DEK-Info:";
        encryption = null;
        if (!content.Contains(':'))
        {
            return content;
        }

        var rest = content.TrimStart();
        while (rest.IndexOf('\n') is var length and >= 0)
        {
            var line = rest[..length].Trim();
            rest = rest[(length + 1)..];
            if (line.IsEmpty)
            {
                return rest;
            }

            if (line.StartsWith(EncryptionHeader, StringComparison.Ordinal))
            {
                encryption = line[EncryptionHeader.Length..].Trim().ToString();
            }
        }

        throw Damaged(file);
    }

    private static InvalidInputException Damaged(string? file) =>
        new(
            ErrorCode.InvalidPem,
            $"{(file is null ? "The PEM text is not valid" : $"'{file}' is not a valid PEM file")} because a block has no end or is not "
                + "base64.")
        {
            Remedy = "Copy the file again, completely.",
        };
}
