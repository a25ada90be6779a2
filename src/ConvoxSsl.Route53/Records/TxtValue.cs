using System.Text;

namespace ConvoxSsl.Route53.Records;

/// <summary>TXT values in Route53's form: one or more quoted strings of at most 255 octets.</summary>
internal static class TxtValue
{
    private const int MaxStringLength = 255;

    /// <summary>Quotes a plain value, and splits a long one.</summary>
    public static string Quote(string value)
    {
        var units = Encoding.UTF8.GetBytes(value);
        return units.Length == 0 ? "\"\"" : string.Join(' ', units.Chunk(MaxStringLength).Select(QuoteString));
    }

    /// <summary>Gets the plain value, with its strings joined.</summary>
    public static string Unquote(string quoted)
    {
        var units = new List<byte>();
        var inside = false;
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '"')
            {
                inside = !inside;
            }
            else if (quoted[i] == '\\' && i + 3 < quoted.Length && quoted.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                units.Add((byte)Convert.ToInt32(quoted.Substring(i + 1, 3), 8));
                i += 3;
            }
            else if (quoted[i] == '\\' && i + 1 < quoted.Length)
            {
                units.Add((byte)quoted[++i]);
            }
            else if (inside || quoted[i] != ' ')
            {
                units.AddRange(Encoding.UTF8.GetBytes(quoted, i, 1));
            }
        }

        return Encoding.UTF8.GetString([.. units]);
    }

    private static string QuoteString(byte[] units)
    {
        var text = new StringBuilder("\"");
        foreach (var unit in units)
        {
            if (unit is (byte)'"' or (byte)'\\')
            {
                text.Append('\\').Append((char)unit);
            }
            else if (unit is < 0x20 or > 0x7e)
            {
                text.Append('\\').Append(Convert.ToString(unit, 8).PadLeft(3, '0'));
            }
            else
            {
                text.Append((char)unit);
            }
        }

        return text.Append('"').ToString();
    }
}
