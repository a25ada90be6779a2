using System.Globalization;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>The two forms of an internationalized name. The API shows zones in Unicode, and records in A-labels.</summary>
internal static class InternationalName
{
    /// <summary>The name in A-labels; as it is where it has none.</summary>
    public static string ToAscii(string name) => name.All(char.IsAscii) ? name : Convert(name, n => new IdnMapping().GetAscii(n));

    /// <summary>The name in Unicode, where that differs; else null.</summary>
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
