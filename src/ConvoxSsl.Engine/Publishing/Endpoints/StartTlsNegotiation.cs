using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Begins TLS in the protocols of <see cref="StartTls"/>, and ends them afterwards.</summary>
internal static class StartTlsNegotiation
{
    /// <summary>Sends what begins TLS. The next bytes of the server belong to the handshake.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="local">The address of this client.</param>
    /// <param name="serverName">The name of the server.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="StartTlsException">The server does not begin TLS.</exception>
    public static Task RunAsync(
        StartTls protocol, PlaintextConnection connection, IPAddress local, string serverName, CancellationToken ct) => protocol switch
        {
            StartTls.Smtp => new TextStartTls(connection).BeginSmtpAsync(FormatLiteral(local), ct),
            StartTls.Imap => new TextStartTls(connection).BeginImapAsync(ct),
            StartTls.Pop3 => new TextStartTls(connection).BeginPop3Async(ct),
            StartTls.Ftp => new TextStartTls(connection).BeginFtpAsync(ct),
            StartTls.Xmpp => new TextStartTls(connection).BeginXmppAsync(serverName, ct),
            StartTls.Ldap => new BinaryStartTls(connection).BeginLdapAsync(ct),
            StartTls.Postgres => new BinaryStartTls(connection).BeginPostgresAsync(ct),
            StartTls.MySql => new BinaryStartTls(connection).BeginMySqlAsync(ct),
            StartTls.Rdp => new BinaryStartTls(connection).BeginRdpAsync(ct),
            _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
        };

    /// <summary>Returns the command that ends a session without changing anything; empty if the protocol needs none.</summary>
    /// <param name="protocol">The protocol; null for TLS without a command.</param>
    public static ReadOnlyMemory<byte> GetFarewell(StartTls? protocol) => protocol switch
    {
        StartTls.Smtp or StartTls.Pop3 or StartTls.Ftp => "QUIT\r\n"u8.ToArray(),
        StartTls.Imap => "a2 LOGOUT\r\n"u8.ToArray(),

        // RFC 4511 section 4.3: an unbind request with message ID 2.
        StartTls.Ldap => new byte[] { 0x30, 0x05, 0x02, 0x01, 0x02, 0x42, 0x00 },
        _ => default,
    };

    // RFC 5321 section 4.1.3.
    private static string FormatLiteral(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{address}]";
}
