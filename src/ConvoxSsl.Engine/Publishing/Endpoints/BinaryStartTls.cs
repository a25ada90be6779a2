using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Begins TLS in binary protocols.</summary>
/// <param name="connection">The connection.</param>
internal sealed class BinaryStartTls(PlaintextConnection connection)
{
    private const int MaxErrorBytes = 1024;
    private const string Request = "SSLRequest";
    private const string StartTls = "the StartTLS operation";
    private const string Negotiation = "the negotiation request";

    // https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest.
    private static readonly byte[] PostgresRequest = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F];

    // MS-RDPBCGR section 2.2.1.1: a connection request that offers TLS and CredSSP, which begins with TLS too.
    private static readonly byte[] RdpRequest =
        [0x03, 0, 0, 0x13, 0x0E, 0xE0, 0, 0, 0, 0, 0, 0x01, 0, 0x08, 0, 0x03, 0, 0, 0];

    // RFC 4511 section 4.14.1: an extended request with the name 1.3.6.1.4.1.1466.20037.
    private static readonly byte[] LdapRequest =
        [0x30, 0x1D, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16, .. "1.3.6.1.4.1.1466.20037"u8];

    // MS-RDPBCGR section 2.2.1.2.2.
    private static readonly string[] RdpFailures =
    [
        "SSL_REQUIRED_BY_SERVER", "SSL_NOT_ALLOWED_BY_SERVER", "SSL_CERT_NOT_ON_SERVER", "INCONSISTENT_FLAGS", "HYBRID_REQUIRED_BY_SERVER",
        "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
    ];

    /// <summary>Begins TLS in PostgreSQL.</summary>
    public async Task BeginPostgresAsync(CancellationToken ct)
    {
        await connection.SendAsync(Request, PostgresRequest, ct).ConfigureAwait(false);
        var response = await connection.ReadAsync(1, ct).ConfigureAwait(false);
        if (response[0] == 'S')
        {
            return;
        }

        if (response[0] == 'N')
        {
            throw new StartTlsException("does not offer TLS; it responded to SSLRequest with 'N'.");
        }

        var rest = await connection.ReadSomeAsync(MaxErrorBytes, ct).ConfigureAwait(false);
        throw response[0] == 'E'
            ? new StartTlsException($"responded to SSLRequest with the error {ReadPostgresError(rest)}.")
            : Unexpected(Request, [.. response, .. rest], "'S'");
    }

    /// <summary>Begins TLS in MySQL and MariaDB.</summary>
    public async Task BeginMySqlAsync(CancellationToken ct)
    {
        // https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets.html
        const byte Version = 10;
        const byte Error = 0xFF;
        const int Protocol41 = 0x200;
        const int Ssl = 0x800;
        const int SecureConnection = 0x8000;
        const int MaxPacket = 1 << 24;
        const byte Utf8 = 33;
        var header = await connection.ReadAsync(4, ct).ConfigureAwait(false);
        var length = header[0] | (header[1] << 8) | (header[2] << 16);
        if (length > MaxErrorBytes || header[3] != 0)
        {
            // Not a packet, but such as the greeting of another protocol.
            throw Unexpected(
                null, [.. header, .. await connection.ReadSomeAsync(MaxErrorBytes, ct).ConfigureAwait(false)], "a handshake packet");
        }

        var greeting = await connection.ReadAsync(length, ct).ConfigureAwait(false);
        if (greeting is [Error, var low, var high, .. var message])
        {
            throw new StartTlsException(string.Create(
                CultureInfo.InvariantCulture,
                $"refused the connection with error {low | (high << 8)}: {ServerText.Quote(Encoding.UTF8.GetString(message))}."));
        }

        // After the version: the ID of the connection, eight bytes of a challenge, and a filler.
        var end = greeting.AsSpan().IndexOf((byte)0);
        var capabilities = end + 1 + 4 + 8 + 1;
        if (greeting is not [Version, ..] || end < 0 || greeting.Length < capabilities + 2)
        {
            throw Unexpected(null, [.. header, .. greeting], "a handshake packet");
        }

        if ((BinaryPrimitives.ReadUInt16LittleEndian(greeting.AsSpan(capabilities)) & Ssl) == 0)
        {
            var version = ServerText.Quote(Encoding.ASCII.GetString(greeting, 1, end - 1));
            throw new StartTlsException($"is version {version} and does not offer TLS.");
        }

        var request = new byte[36];
        (request[0], request[3], request[12]) = (32, 1, Utf8);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), Protocol41 | Ssl | SecureConnection);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(8), MaxPacket);
        await connection.SendAsync(Request, request, ct).ConfigureAwait(false);
    }

    /// <summary>Begins TLS in Remote Desktop.</summary>
    public async Task BeginRdpAsync(CancellationToken ct)
    {
        const byte Version = 3;
        const byte Confirm = 0xD0;
        const int HeaderLength = 4;
        const int ConfirmLength = 7;
        await connection.SendAsync(Negotiation, RdpRequest, ct).ConfigureAwait(false);
        var header = await connection.ReadAsync(HeaderLength, ct).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2));
        if (header[0] != Version || length < HeaderLength + ConfirmLength || length > MaxErrorBytes)
        {
            byte[] response = [.. header, .. await connection.ReadSomeAsync(MaxErrorBytes, ct).ConfigureAwait(false)];
            throw Unexpected(Negotiation, response, "a connection confirm");
        }

        var body = await connection.ReadAsync(length - HeaderLength, ct).ConfigureAwait(false);
        if (body[1] != Confirm)
        {
            throw Unexpected(Negotiation, [.. header, .. body], "a connection confirm");
        }

        // A server without TLS omits the negotiation response, or selects no protocol.
        var negotiated = body.AsSpan(ConfirmLength);
        if (negotiated.Length < 8 || (negotiated[0] == 2 && BinaryPrimitives.ReadUInt32LittleEndian(negotiated[4..]) == 0))
        {
            throw new StartTlsException("does not offer TLS, but only the security of RDP itself.");
        }

        if (negotiated[0] != 2)
        {
            var code = BinaryPrimitives.ReadUInt32LittleEndian(negotiated[4..]);
            var name = code is >= 1 and <= 6 ? RdpFailures[code - 1] : $"{code}";
            throw new StartTlsException($"refused TLS with the failure code {name}.");
        }
    }

    /// <summary>Begins TLS in LDAP.</summary>
    public async Task BeginLdapAsync(CancellationToken ct)
    {
        const byte Sequence = 0x30;
        await connection.SendAsync(StartTls, LdapRequest, ct).ConfigureAwait(false);
        var header = await connection.ReadAsync(2, ct).ConfigureAwait(false);
        var lengthBytes = header[1] > 0x80 ? header[1] & 0x7F : 0;
        if (header[0] != Sequence || header[1] == 0x80 || lengthBytes > 3)
        {
            throw Unexpected(
                StartTls, [.. header, .. await connection.ReadSomeAsync(MaxErrorBytes, ct).ConfigureAwait(false)], "an LDAP message");
        }

        var longLength = await connection.ReadAsync(lengthBytes, ct).ConfigureAwait(false);
        var length = lengthBytes == 0 ? header[1] : longLength.Aggregate(0, (sum, next) => (sum << 8) | next);
        byte[] message = [.. header, .. longLength, .. await connection.ReadAsync(length, ct).ConfigureAwait(false)];
        if (ReadLdapResult(message) is not { } result)
        {
            throw Unexpected(StartTls, message, "an LDAP response");
        }

        if (result.Code != 0)
        {
            var text = result.Text.Length > 0 ? $": {ServerText.Quote(result.Text)}" : string.Empty;
            throw new StartTlsException(string.Create(
                CultureInfo.InvariantCulture, $"refused StartTLS with result code {result.Code} of LDAP{text}."));
        }
    }

    // RFC 4511 sections 4.1.9 and 4.12.
    private static (int Code, string Text)? ReadLdapResult(byte[] message)
    {
        try
        {
            var parts = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
            parts.ReadInteger();
            var response = parts.ReadSequence(new Asn1Tag(TagClass.Application, 24, isConstructed: true));
            var code = response.ReadEnumeratedBytes().Span;
            response.ReadOctetString();
            return (code is [var value] ? value : -1, Encoding.UTF8.GetString(response.ReadOctetString()));
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    // The fields of an error are separated by zeros. Early errors have no length before them.
    private static string ReadPostgresError(byte[] rest) =>
        ServerText.Quote(Encoding.UTF8.GetString(rest is [0, 0, _, _, .. var fields] ? fields : rest));

    private static StartTlsException Unexpected(string? command, byte[] response, string expected) =>
        StartTlsException.Unexpected(command, ServerText.Quote(response), expected);
}
