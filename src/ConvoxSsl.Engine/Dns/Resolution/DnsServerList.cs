using System.Globalization;
using System.Net;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>A configured DNS server.</summary>
/// <param name="Host">The host name or address; an IPv6 address has no brackets.</param>
/// <param name="Port">The port.</param>
public sealed record DnsServer(string Host, int Port = 53)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var host = Host.Contains(':') ? $"[{Host}]" : Host;
        return Port == 53 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }
}

/// <summary>Parses lists of DNS servers.</summary>
public static class DnsServerList
{
    /// <summary>
    /// Parses <c>host[:port]</c>, separated by commas: host names in Unicode or A-labels, IPv4 and IPv6 addresses (an IPv6 address
    /// with a port needs brackets).
    /// </summary>
    /// <exception cref="InvalidInputException"><c>InvalidDnsServer</c>: the error names the entry that is not valid.</exception>
    public static IReadOnlyList<DnsServer> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return items.Length > 0 ? [.. items.Select(ParseOne).Distinct()] : throw Invalid(text);
    }

    private static DnsServer ParseOne(string item)
    {
        if (!item.StartsWith('[') && IsIPv6(item))
        {
            return new DnsServer(item);
        }

        var portAt = item.LastIndexOf(':');
        var (host, port) = portAt > item.LastIndexOf(']') ? (item[..portAt], ParsePort(item[(portAt + 1)..])) : (item, 53);
        if (host is ['[', .. var inner, ']'])
        {
            return port is { } number && IsIPv6(inner) ? new DnsServer(inner, number) : throw Invalid(item);
        }

        var name = InternationalName.ToAscii(host);
        return port is { } p && (IsIPv4(host) || IsHostName(name)) ? new DnsServer(name, p) : throw Invalid(item);
    }

    private static int? ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    private static bool IsIPv6(string text) => text.Contains(':') && IPAddress.TryParse(text, out _) && !text.Contains(']');

    private static bool IsIPv4(string text) => text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out _);

    // If the last label consists of digits, it is a mistyped address and not a name (RFC 1123 section 2.1).
    private static bool IsHostName(string text) =>
        text.Length <= 253
        && text.TrimEnd('.').Split('.') is var labels
        && labels.All(l => l.Length is > 0 and <= 63
            && !l.StartsWith('-')
            && !l.EndsWith('-')
            && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        && !labels[^1].All(char.IsAsciiDigit);

    private static InvalidInputException Invalid(string item) => new(
        ErrorCode.InvalidDnsServer,
        $"'{item}' is not a valid DNS server.",
        item)
    {
        Remedy = "Use host, host:port, an IPv4 address, or [IPv6 address]:port, separated by commas, such as '192.0.2.53' or "
            + "'[2001:db8::53]:5353'.",
    };
}
