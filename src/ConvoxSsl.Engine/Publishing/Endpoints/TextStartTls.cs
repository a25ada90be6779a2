using System.Text;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Begins TLS in protocols of text.</summary>
/// <param name="connection">The connection.</param>
internal sealed class TextStartTls(PlaintextConnection connection)
{
    private const string Command = "STARTTLS";
    private const int CodeLength = 3;
    private const int MaxLines = 200;

    // The longest end, in characters, bounds what is compared.
    private const int MaxEndLength = 20;

    private static readonly string[] EndsOfFeatures =
        ["</stream:features>", "<stream:features/>", "</stream:error>", "</stream:stream>", "</html>"];

    /// <summary>Begins TLS in SMTP.</summary>
    /// <param name="client">The name of this client: an address literal (RFC 5321 section 4.1.3).</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task BeginSmtpAsync(string client, CancellationToken ct)
    {
        await ExpectAsync("220", null, ct).ConfigureAwait(false);
        await connection.SendAsync("EHLO", $"EHLO {client}\r\n", ct).ConfigureAwait(false);
        var lines = await ExpectAsync("250", "EHLO", ct).ConfigureAwait(false);
        if (!lines.Skip(1).Any(OffersStartTls))
        {
            throw new StartTlsException(
                $"does not offer STARTTLS; it responded to EHLO with {ServerText.Quote(string.Join(' ', lines))}.");
        }

        await connection.SendAsync(Command, $"{Command}\r\n", ct).ConfigureAwait(false);
        await ExpectAsync("220", Command, ct).ConfigureAwait(false);
    }

    /// <summary>Begins TLS in FTP.</summary>
    public async Task BeginFtpAsync(CancellationToken ct)
    {
        await ExpectAsync("220", null, ct).ConfigureAwait(false);
        await connection.SendAsync("AUTH TLS", "AUTH TLS\r\n", ct).ConfigureAwait(false);
        await ExpectAsync("234", "AUTH TLS", ct).ConfigureAwait(false);
    }

    /// <summary>Begins TLS in IMAP.</summary>
    public async Task BeginImapAsync(CancellationToken ct)
    {
        const string Tag = "a1";
        var greeting = await connection.ReadLineAsync(ct).ConfigureAwait(false);
        Require(StartsWith(greeting, "* OK"), null, greeting, "* OK");
        await connection.SendAsync(Command, $"{Tag} {Command}\r\n", ct).ConfigureAwait(false);
        for (var count = 0; count < MaxLines; count++)
        {
            var line = await connection.ReadLineAsync(ct).ConfigureAwait(false);
            if (!StartsWith(line, "* ") || StartsWith(line, "* BYE"))
            {
                Require(StartsWith(line, $"{Tag} OK"), Command, line, $"{Tag} OK");
                return;
            }
        }

        throw TooManyLines();
    }

    /// <summary>Begins TLS in POP3.</summary>
    public async Task BeginPop3Async(CancellationToken ct)
    {
        const string Ok = "+OK";
        var greeting = await connection.ReadLineAsync(ct).ConfigureAwait(false);
        Require(StartsWith(greeting, Ok), null, greeting, Ok);
        await connection.SendAsync("STLS", "STLS\r\n", ct).ConfigureAwait(false);
        var response = await connection.ReadLineAsync(ct).ConfigureAwait(false);
        Require(StartsWith(response, Ok), "STLS", response, Ok);
    }

    /// <summary>Begins TLS in XMPP.</summary>
    /// <param name="domain">The domain of the server, which can differ from its host.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task BeginXmppAsync(string domain, CancellationToken ct)
    {
        const string Open = "the stream header";
        await connection.SendAsync(
            Open,
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
                + $"to='{domain}' version='1.0'>",
            ct).ConfigureAwait(false);
        var features = await connection.ReadUntilAsync(IsEndOfFeatures, ct).ConfigureAwait(false);
        if (!features.Contains("<starttls", StringComparison.Ordinal))
        {
            // Quote what follows the header of the server's stream.
            var header = features.IndexOf("<stream:stream", StringComparison.Ordinal);
            var end = header < 0 ? -1 : features.IndexOf('>', header);
            throw new StartTlsException($"does not offer STARTTLS, but responded with {ServerText.Quote(features[(end + 1)..])}.");
        }

        await connection.SendAsync(Command, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ct).ConfigureAwait(false);
        var response = await connection.ReadUntilAsync(text => text[^1] == '>', ct).ConfigureAwait(false);
        Require(response.TrimStart().StartsWith("<proceed", StringComparison.Ordinal), Command, response, "<proceed/>");
    }

    // RFC 5321 section 4.2.1, RFC 959 section 4.2: the last line has a space after the code of the first one.
    private async Task<IReadOnlyList<string>> ExpectAsync(string code, string? command, CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines)
        {
            var line = await connection.ReadLineAsync(ct).ConfigureAwait(false);
            lines.Add(line);
            var isLast = line.Length == CodeLength || (line.Length > CodeLength && line[CodeLength] == ' ');
            if (!IsCode(lines[0]) || (isLast && StartsWith(line, lines[0][..CodeLength])))
            {
                Require(StartsWith(lines[0], code), command, string.Join(' ', lines), code);
                return lines;
            }
        }

        throw TooManyLines();
    }

    private static bool IsCode(string line) =>
        line.Length >= CodeLength && line.AsSpan(0, CodeLength).IndexOfAnyExceptInRange('0', '9') < 0
        && (line.Length == CodeLength || line[CodeLength] is ' ' or '-');

    private static bool OffersStartTls(string line) =>
        line[Math.Min(line.Length, CodeLength + 1)..].Trim().Equals(Command, StringComparison.OrdinalIgnoreCase);

    private static void Require(bool isExpected, string? command, string response, string expected)
    {
        if (!isExpected)
        {
            throw StartTlsException.Unexpected(command, ServerText.Quote(response), $"'{expected}'");
        }
    }

    private static bool StartsWith(string line, string beginning) => line.StartsWith(beginning, StringComparison.OrdinalIgnoreCase);

    private static bool IsEndOfFeatures(StringBuilder text)
    {
        var length = Math.Min(text.Length, MaxEndLength);
        var end = text.ToString(text.Length - length, length);
        return end[^1] == '>' && Array.Exists(EndsOfFeatures, ending => end.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    private static StartTlsException TooManyLines() => new($"sent a response of more than {MaxLines} lines.");
}
