using System.Globalization;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Describes failed TLS handshakes. The messages of .NET and OpenSSL do not quote what the server sent.</summary>
internal static class HandshakeFault
{
    private const byte AlertRecord = 0x15;
    private const byte HandshakeRecord = 0x16;
    private const byte Fatal = 2;

    /// <summary>Describes a failure as the end of a sentence.</summary>
    /// <param name="first">The first bytes of the server.</param>
    /// <param name="fault">The exception of the handshake.</param>
    /// <returns>The reason, and true if the server does not use TLS.</returns>
    public static (string Reason, bool IsOtherProtocol) Describe(ReadOnlySpan<byte> first, Exception fault) => first switch
    {
        [AlertRecord, 3, _, 0, 2, Fatal, var alert, ..] => ($"the server ended it with the alert {Name(alert)}", false),
        [AlertRecord or HandshakeRecord, 3, ..] => (DescribeCause(fault), false),
        [] => ("the server closed the connection", false),
        _ => ($"the server does not use TLS, but sent {ServerText.Quote(GetFirstLine(first))}", true),
    };

    // Errors about the client's handshake can follow a greeting.
    private static ReadOnlySpan<byte> GetFirstLine(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)'\n') is var end and > 0 ? text[..end] : text;

    private static string DescribeCause(Exception fault)
    {
        var cause = fault;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        // An error of OpenSSL ends with its reason: error:0A000086:SSL routines::certificate verify failed.
        var message = cause.Message;
        var reason = message.StartsWith("error:", StringComparison.Ordinal) ? message[(message.LastIndexOf(':') + 1)..] : message;
        return cause is EndOfStreamException || reason.Contains("EOF", StringComparison.Ordinal)
            ? "the server closed the connection"
            : DisplayText.Sanitize(reason.Trim().TrimEnd('.'));
    }

    // RFC 8446 section 6.
    private static string Name(byte alert)
    {
        var name = alert switch
        {
            10 => "unexpected_message",
            40 => "handshake_failure",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            109 => "missing_extension",
            112 => "unrecognized_name",
            116 => "certificate_required",
            120 => "no_application_protocol",
            _ => null,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(name is null ? string.Empty : $"'{name}' ")}({alert})");
    }
}
