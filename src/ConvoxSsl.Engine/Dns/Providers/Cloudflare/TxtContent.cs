using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// The content of a TXT record: quoted character strings of at most 255 octets, or unquoted text in older records
/// (<see href="https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/"/>).
/// </summary>
internal static class TxtContent
{
    private const int MaxStringLength = 255;

    /// <summary>Converts a value to a record's content.</summary>
    public static string Quote(string value) => string.Join(' ', value.Chunk(MaxStringLength).DefaultIfEmpty([])
        .Select(part => new string(part)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal))
        .Select(part => $"\"{part}\""));

    /// <summary>Converts a record's content to its value: the strings joined, without quotes and escapes.</summary>
    public static string Unquote(string content)
    {
        var text = content.Trim();
        if (!text.StartsWith('"'))
        {
            return text;
        }

        var value = new StringBuilder();
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                inside = !inside;
            }
            else if (inside)
            {
                value.Append(text[i] == '\\' ? Unescape(text, ref i) : text[i]);
            }
        }

        return value.ToString();
    }

    // RFC 1035 section 5.1: three digits after the backslash are an octet, anything else is itself.
    private static char Unescape(string text, ref int i)
    {
        if (i + 3 < text.Length && byte.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
        {
            i += 3;
            return (char)octet;
        }

        return i + 1 < text.Length ? text[++i] : '\\';
    }
}
