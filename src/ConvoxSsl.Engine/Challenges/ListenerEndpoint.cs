using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>Where a challenge listener listens.</summary>
/// <param name="Address">The address; null for all of both families.</param>
/// <param name="Port">The port.</param>
public sealed record ListenerEndpoint(IPAddress? Address, int Port)
{
    /// <summary>Reads an address and a port.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidHttpAddress</c>, <c>InvalidPort</c>.</exception>
    public static ListenerEndpoint Of(string? address, int port)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new InvalidInputException(ErrorCode.InvalidPort, $"{port} is not a port that a server can listen on. Give one from 1 to 65535.", port);
        }

        if (string.IsNullOrEmpty(address))
        {
            return new ListenerEndpoint(null, port);
        }

        return IPAddress.TryParse(address, out var parsed)
            ? new ListenerEndpoint(parsed, port)
            : throw new InvalidInputException(ErrorCode.InvalidHttpAddress, $"'{address}' is not an IP address. Give one of this machine's, or none for all of them.", address);
    }

    /// <inheritdoc/>
    public override string ToString() => Address is null
        ? Port.ToString(CultureInfo.InvariantCulture)
        : new IPEndPoint(Address, Port).ToString();

    /// <summary>A listening socket: both families on one socket where no address was given.</summary>
    /// <exception cref="EngineException"><c>PortInUse</c>, <c>PortDenied</c>, <c>ListenerFailed</c>.</exception>
    internal Socket Listen()
    {
        var dual = Address is null && Socket.OSSupportsIPv6;
        var address = Address ?? (dual ? IPAddress.IPv6Any : IPAddress.Any);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (dual)
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, Port));
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Explain(e);
        }
    }

    private EngineException Explain(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new EngineException(
            ErrorCode.PortInUse,
            EngineErrorKind.Busy,
            $"Port {this} is in use by another program. Let that one answer the challenge (-WebRoot with its root directory), or listen elsewhere (-HttpPort or -TlsPort) and forward the port there.",
            Port,
            e),
        SocketError.AccessDenied => new EngineException(
            ErrorCode.PortDenied,
            EngineErrorKind.Denied,
            $"This user may not listen on port {this}. Run with more rights, give a port over 1023 (-HttpPort or -TlsPort) and forward to it, or use -WebRoot.",
            Port,
            e),
        _ => new EngineException(ErrorCode.ListenerFailed, EngineErrorKind.Denied, $"Listening on {this} failed: {e.Message}. Check -HttpAddress.", Port, e),
    };
}
