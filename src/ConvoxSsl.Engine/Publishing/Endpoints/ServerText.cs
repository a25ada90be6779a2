using System.Text;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Quotes a server in messages.</summary>
internal static class ServerText
{
    private const int MaxLength = 160;
    private const int MaxBytes = 16;

    /// <summary>Returns a text in quotation marks, without control characters and not too long.</summary>
    public static string Quote(string text) => $"'{DisplayText.Shorten(DisplayText.Sanitize(text).Trim(), MaxLength)}'";

    /// <summary>Returns the text of bytes, or if they are not text, their hexadecimal digits.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is (< (byte)' ' and not ((byte)'\r' or (byte)'\n' or (byte)'\t')) or > (byte)'~')
            {
                var more = bytes.Length > MaxBytes ? "…" : string.Empty;
                return $"the bytes {Convert.ToHexString(bytes[..Math.Min(bytes.Length, MaxBytes)])}{more}";
            }
        }

        return Quote(Encoding.ASCII.GetString(bytes));
    }
}
