using System.Text;
using System.Text.RegularExpressions;

namespace ConvoxSsl.TestKit.Endpoints;

/// <summary>The dialog of a server before TLS begins.</summary>
/// <param name="Steps">The steps. Each is sent, or is an expected request.</param>
public sealed record StartTlsScript(params IReadOnlyList<StartTlsStep> Steps)
{
    private static readonly byte[] LdapRequest = [0x30, 0x1D, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16, .. "1.3.6.1.4.1.1466.20037"u8];

    /// <summary>SMTP, as Postfix.</summary>
    public static StartTlsScript Smtp { get; } = new(
        Send("220-mail.example.org ESMTP\r\n220 ready\r\n"),
        Line(@"^EHLO \[127\.0\.0\.1\]$"),
        Send("250-mail.example.org\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250 HELP\r\n"),
        Line("^STARTTLS$"),
        Send("220 2.0.0 Ready to start TLS\r\n"));

    /// <summary>IMAP, as Dovecot.</summary>
    public static StartTlsScript Imap { get; } = new(
        Send("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready.\r\n"),
        Line("^a1 STARTTLS$"),
        Send("* CAPABILITY IMAP4rev1\r\na1 OK Begin TLS negotiation now.\r\n"));

    /// <summary>POP3, as Dovecot.</summary>
    public static StartTlsScript Pop3 { get; } = new(Send("+OK ready.\r\n"), Line("^STLS$"), Send("+OK Begin TLS negotiation now.\r\n"));

    /// <summary>FTP, whose greeting has lines without a code.</summary>
    public static StartTlsScript Ftp { get; } = new(
        Send("220-Welcome\r\nto this server\r\n220 ready\r\n"), Line("^AUTH TLS$"), Send("234 Proceed with negotiation.\r\n"));

    /// <summary>XMPP, as Prosody.</summary>
    public static StartTlsScript Xmpp { get; } = new(
        Until("version='1.0'>", @"^<\?xml version='1\.0'\?><stream:stream .*to='www\.example\.org'"),
        Send("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>"
            + "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"),
        Until("/>", "^<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>$"),
        Send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));

    /// <summary>LDAP, as OpenLDAP.</summary>
    public static StartTlsScript Ldap { get; } = new(
        Request(LdapRequest), SendBytes(0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00));

    /// <summary>PostgreSQL.</summary>
    public static StartTlsScript Postgres { get; } = new(Request(0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F), Send("S"));

    /// <summary>MySQL, as MariaDB.</summary>
    public static StartTlsScript MySql { get; } = new(
        SendBytes(CreateMySqlGreeting(0xFFFE)),
        Request([32, 0, 0, 1, 0, 0x8A, 0, 0, 0, 0, 0, 1, 33, .. new byte[23]]));

    /// <summary>Remote Desktop, as Windows with network level authentication.</summary>
    public static StartTlsScript Rdp { get; } = new(
        Request(0x03, 0, 0, 0x13, 0x0E, 0xE0, 0, 0, 0, 0, 0, 0x01, 0, 0x08, 0, 0x03, 0, 0, 0),
        SendBytes(CreateRdpConfirm(2, 2)));

    /// <summary>Creates the greeting of MySQL with capabilities.</summary>
    public static byte[] CreateMySqlGreeting(ushort capabilities)
    {
        byte[] body =
        [
            10, .. "10.11.6-MariaDB"u8, 0, 1, 0, 0, 0, .. new byte[8], 0, (byte)capabilities, (byte)(capabilities >> 8), 33, 2, 0,
            .. new byte[31],
        ];
        return [(byte)body.Length, 0, 0, 0, .. body];
    }

    /// <summary>Creates the connection confirm of Remote Desktop.</summary>
    /// <param name="type">The type: 2 for a response, 3 for a failure.</param>
    /// <param name="value">The selected protocol, or the failure code.</param>
    public static byte[] CreateRdpConfirm(byte type, byte value) =>
        [0x03, 0, 0, 0x13, 0x0E, 0xD0, 0, 0, 0x12, 0x34, 0, type, 0, 0x08, 0, value, 0, 0, 0];

    /// <summary>Replaces a step by one that sends a text, and omits all later ones.</summary>
    public StartTlsScript EndWith(int step, string text) => EndWith(step, Encoding.Latin1.GetBytes(text));

    /// <summary>Replaces a step by one that sends bytes, and omits all later ones.</summary>
    public StartTlsScript EndWith(int step, byte[] bytes) => new([.. Steps.Take(step), SendBytes(bytes)]);

    /// <summary>Sends a text.</summary>
    public static StartTlsStep Send(string text) => SendBytes(Encoding.Latin1.GetBytes(text));

    private static StartTlsStep SendBytes(params byte[] bytes) => new() { Response = bytes };

    private static StartTlsStep Request(params byte[] bytes) => new()
    {
        IsComplete = received => received.Length == bytes.Length,
        IsValid = received => received.AsSpan().SequenceEqual(bytes),
    };

    private static StartTlsStep Line(string pattern) => new()
    {
        IsComplete = received => received[^1] == '\n',
        IsValid = received => Regex.IsMatch(Encoding.Latin1.GetString(received).TrimEnd('\r', '\n'), pattern),
    };

    private static StartTlsStep Until(string end, string pattern) => new()
    {
        IsComplete = received => Encoding.Latin1.GetString(received).EndsWith(end, StringComparison.Ordinal),
        IsValid = received => Regex.IsMatch(Encoding.Latin1.GetString(received), pattern),
    };
}

/// <summary>A step of a <see cref="StartTlsScript"/>.</summary>
public sealed record StartTlsStep
{
    /// <summary>The bytes to send; null for a request.</summary>
    public byte[]? Response { get; init; }

    /// <summary>Returns true if the received bytes are a whole request.</summary>
    public Func<byte[], bool> IsComplete { get; init; } = _ => true;

    /// <summary>Returns true if the request is the expected one.</summary>
    public Func<byte[], bool> IsValid { get; init; } = _ => true;
}
