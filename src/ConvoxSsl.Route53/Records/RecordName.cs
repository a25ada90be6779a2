using System.Globalization;
using System.Text;

namespace ConvoxSsl.Route53.Records;

/// <summary>Names in Route53's form: with the final dot, and all but letters, digits, hyphens and underscores as octal escapes.</summary>
internal static class RecordName
{
    /// <summary>Converts a plain name to Route53's form: <c>*.example.com</c> to <c>\052.example.com.</c></summary>
    public static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (var unit in Encoding.UTF8.GetBytes(name.TrimEnd('.')))
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'-' or (byte)'_' or (byte)'.')
            {
                text.Append(char.ToLowerInvariant((char)unit));
            }
            else
            {
                text.Append('\\').Append(Convert.ToString(unit, 8).PadLeft(3, '0'));
            }
        }

        return text.Append('.').ToString();
    }

    /// <summary>Converts a name to its plain form without the final dot.</summary>
    public static string Unescape(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 3 < name.Length && name.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)Convert.ToInt32(name.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                text.Append(char.ToLower(name[i], CultureInfo.InvariantCulture));
            }
        }

        return text.ToString().TrimEnd('.');
    }

    /// <summary>True if a name equals the parent or is below it.</summary>
    public static bool IsWithin(string name, string parent) =>
        name == parent || name.EndsWith("." + parent, StringComparison.Ordinal);

    /// <summary>
    /// True if a name sorts before another one. Route53 sorts by labels from the right and does not document whether the dot
    /// counts as a character, so the name has to sort first either way.
    /// </summary>
    public static bool IsBefore(string name, string other)
    {
        var (left, right) = (ToSortKey(name), ToSortKey(other));
        return string.CompareOrdinal(left, right) < 0
            && string.CompareOrdinal(left.Replace('.', '\0'), right.Replace('.', '\0')) < 0;
    }

    /// <summary>Gets the labels from the right.</summary>
    public static string ToSortKey(string name) => string.Join('.', Enumerable.Reverse(name.TrimEnd('.').Split('.'))) + ".";
}
