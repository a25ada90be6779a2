using System.Text;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>Conversions of names and TXT values to and from Route53's form.</summary>
internal static class RecordText
{
    private const int LongestString = 255;

    /// <summary>Returns a name with the final dot, in lower case and escaped.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder();
        var plain = Plain(name);
        foreach (var letter in plain)
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'
                ? letter.ToString()
                : "\\" + Convert.ToString(letter, 8).PadLeft(3, '0'));
        }

        return text.Append('.').ToString();
    }

    /// <summary>Returns a name without the final dot and escapes.</summary>
    public static string Plain(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var isEscape = name[i] == '\\' && i + 3 < name.Length;
            text.Append(isEscape ? (char)Convert.ToInt32(name.Substring(i + 1, 3), 8) : char.ToLowerInvariant(name[i]));
            i += isEscape ? 3 : 0;
        }

        return text.ToString().TrimEnd('.');
    }

    /// <summary>Gets the sort key of a name.</summary>
    public static string SortKey(string name) => string.Join('.', Enumerable.Reverse(name.TrimEnd('.').Split('.'))) + ".";

    /// <summary>Gets the plain TXT value.</summary>
    /// <exception cref="FormatException">It is not made of quoted strings of up to 255 octets.</exception>
    public static string Unquote(string value)
    {
        var text = new StringBuilder();
        var i = 0;
        while (i < value.Length)
        {
            var (said, next) = ReadString(value, i);
            if (said.Length > LongestString)
            {
                throw new FormatException($"CharacterStringTooLong (Value is too long) encountered with {value}");
            }

            text.Append(said);
            for (i = next; i < value.Length && value[i] is ' ' or '\t'; i++)
            {
            }
        }

        return value.Length > 0 ? text.ToString() : throw Unquoted(value);
    }

    private static (string Said, int Next) ReadString(string value, int start)
    {
        if (value[start] != '"')
        {
            throw Unquoted(value);
        }

        var text = new StringBuilder();
        for (var i = start + 1; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                return (text.ToString(), i + 1);
            }

            if (value[i] is < ' ' or > '~')
            {
                throw new FormatException($"UnsupportedCharacter (Value contains unsupported characters) encountered with {value}");
            }

            if (value[i] == '\\' && i + 1 < value.Length)
            {
                var isOctal = i + 3 < value.Length && value.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
                text.Append(isOctal ? (char)Convert.ToInt32(value.Substring(i + 1, 3), 8) : value[i + 1]);
                i += isOctal ? 3 : 1;
            }
            else
            {
                text.Append(value[i]);
            }
        }

        throw Unquoted(value);
    }

    private static FormatException Unquoted(string value) =>
        new($"InvalidCharacterString (Value should be enclosed in quotation marks) encountered with {value}");
}
