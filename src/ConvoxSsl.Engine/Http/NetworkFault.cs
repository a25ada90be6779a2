using System.Net.Sockets;
using System.Security.Authentication;

namespace ConvoxSsl.Engine.Http;

/// <summary>Describes the faults of HTTP requests in words. Messages of .NET can contain an address or an enum value.</summary>
public static class NetworkFault
{
    /// <summary>Describes the fault as the end of a sentence, without a full stop.</summary>
    /// <param name="fault">The exception of the request.</param>
    public static string Describe(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault is TimeoutException)
        {
            // Its cause is the cancellation, in some places that of a socket.
            return fault.Message.TrimEnd('.');
        }

        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { Message: [var first, .. var rest] })
            {
                return $"{char.ToLowerInvariant(first)}{rest}".TrimEnd('.');
            }

            if (cause is AuthenticationException)
            {
                return cause.Message.TrimEnd('.');
            }
        }

        var error = fault switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException io => io.HttpRequestError,
            _ => HttpRequestError.Unknown,
        };
        return Describe(error) ?? (fault is HttpRequestException { InnerException: { } inner } ? inner : fault).Message.TrimEnd('.');
    }

    private static string? Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "the name of the server cannot be resolved",
        HttpRequestError.ConnectionError => "the connection could not be established",
        HttpRequestError.SecureConnectionError => "the TLS handshake failed",
        HttpRequestError.HttpProtocolError => "the server violated the HTTP protocol",
        HttpRequestError.VersionNegotiationError => "the server does not support this version of HTTP",
        HttpRequestError.ExtendedConnectNotSupported => "the server does not support this kind of connection",
        HttpRequestError.UserAuthenticationError => "the proxy or the server did not accept the credentials",
        HttpRequestError.ProxyTunnelError => "the proxy did not connect to the server",
        HttpRequestError.InvalidResponse => "the response is not valid HTTP",
        HttpRequestError.ResponseEnded => "the server closed the connection before its response was complete",
        HttpRequestError.ConfigurationLimitExceeded => "the response is too large",
        _ => null,
    };
}
