using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The address of a TLS server.</summary>
/// <param name="Host">The host name, in A-labels and lower case, or the IP address, without brackets.</param>
/// <param name="Port">The port.</param>
public sealed record EndpointAddress(string Host, int Port)
{
    private const int HttpsPort = 443;
    private const string Example = "Give a host or host:port, such as www.example.org:443.";

    /// <summary>Returns the registered port of a protocol.</summary>
    /// <param name="startTls">The protocol in which TLS begins with a command; null for HTTPS.</param>
    public static int GetDefaultPort(StartTls? startTls) => startTls switch
    {
        StartTls.Smtp => 25,
        StartTls.Imap => 143,
        StartTls.Pop3 => 110,
        StartTls.Ldap => 389,
        StartTls.Postgres => 5432,
        StartTls.MySql => 3306,
        StartTls.Ftp => 21,
        StartTls.Xmpp => 5222,
        StartTls.Rdp => 3389,
        _ => HttpsPort,
    };

    /// <summary>Parses an address: <c>host</c>, <c>host:port</c>, an IPv6 address, or <c>[address]:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port if the text has none.</param>
    /// <exception cref="InvalidInputException"><c>InvalidEndpoint</c>, <c>InvalidPort</c>.</exception>
    public static EndpointAddress Parse(string? text, int defaultPort)
    {
        if (text is null or "")
        {
            throw Invalid(text, "it is empty", Example);
        }

        if (IPAddress.TryParse(text, out var whole) && whole.AddressFamily == AddressFamily.InterNetworkV6 && text[0] != '[')
        {
            return new EndpointAddress(ParseHost(text), defaultPort);
        }

        var (host, port) = Split(text);
        var number = port is null ? defaultPort
            : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : throw Invalid(text, $"'{port}' is not a port", Example);
        RequirePort(number);
        if (host is ['[', .. var inner, ']'])
        {
            return IPAddress.TryParse(inner, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? new EndpointAddress(ParseHost(inner), number)
                : throw Invalid(text, "only an IPv6 address is written in brackets", Example);
        }

        return new EndpointAddress(ParseHost(host), number);
    }

    /// <summary>Checks a port.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidPort</c>.</exception>
    public static void RequirePort(int port)
    {
        if (port is < 1 or > ushort.MaxValue)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidPort, $"The port {port} is not valid because it is not in the range from 1 to 65535.", port)
            {
                Remedy = "Give a number from 1 to 65535.",
            };
        }
    }

    /// <summary>Parses a host name, in Unicode or A-labels, or an IP address.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The name in A-labels and lower case, or the address in its canonical form.</returns>
    /// <exception cref="InvalidInputException"><c>InvalidEndpoint</c>.</exception>
    public static string ParseHost(string? text)
    {
        CertificateName name;
        try
        {
            // Unlike names of certificates, host names of internal servers can contain underscores.
            name = CertificateName.ParseZone(text);
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException(ErrorCode.InvalidEndpoint, e.Message, text, e) { Remedy = e.Remedy };
        }

        return name.IsWildcard
            ? throw Invalid(text, "a wildcard is not the name of a host", $"Give the name of a host, such as www.{name.BaseName}.")
            : name.Value;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static (string Host, string? Port) Split(string text)
    {
        // A URL has its own error.
        var colon = text.Contains('/', StringComparison.Ordinal) ? -1 : text.LastIndexOf(':');
        return colon > text.LastIndexOf(']') && colon >= 0 ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    private static InvalidInputException Invalid(string? text, string rule, string remedy) =>
        new(ErrorCode.InvalidEndpoint, $"The endpoint '{text}' is not valid because {rule}.", text) { Remedy = remedy };
}
