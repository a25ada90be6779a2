using System.Globalization;

namespace ConvoxSsl.Engine;

/// <summary>Converts internationalized domain names between Unicode and A-labels (RFC 5890).</summary>
public static class InternationalName
{
    /// <summary>Converts a name to A-labels; returns it unchanged if that is not possible.</summary>
    public static string ToAscii(string name) => name.All(char.IsAscii) ? name : Convert(name, n => new IdnMapping().GetAscii(n));

    /// <summary>Converts a name to Unicode; returns null if that does not differ.</summary>
    public static string? ToUnicode(string name) =>
        Convert(name, n => new IdnMapping().GetUnicode(n)) is var unicode && unicode != name ? unicode : null;

    private static string Convert(string name, Func<string, string> convert)
    {
        try
        {
            return convert(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
