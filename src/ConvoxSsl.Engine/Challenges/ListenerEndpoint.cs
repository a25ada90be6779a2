using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>The endpoint of a challenge listener.</summary>
/// <param name="Address">The address; null for all IPv4 and IPv6 addresses.</param>
/// <param name="Port">The port.</param>
public sealed record ListenerEndpoint(IPAddress? Address, int Port)
{
    /// <summary>Parses an address and a port.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidHttpAddress</c>, <c>InvalidPort</c>.</exception>
    public static ListenerEndpoint Parse(string? address, int port)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new InvalidInputException(ErrorCode.InvalidPort, $"The port {port} is not valid.", port)
            {
                Remedy = "Use a port from 1 to 65535.",
            };
        }

        if (string.IsNullOrEmpty(address))
        {
            return new ListenerEndpoint(null, port);
        }

        return IPAddress.TryParse(address, out var parsed)
            ? new ListenerEndpoint(parsed, port)
            : throw new InvalidInputException(ErrorCode.InvalidHttpAddress, $"'{address}' is not an IP address.", address)
            {
                Remedy = "Use an address of this machine, or none to listen on all addresses.",
            };
    }

    /// <inheritdoc/>
    public override string ToString() => Address is null
        ? Port.ToString(CultureInfo.InvariantCulture)
        : new IPEndPoint(Address, Port).ToString();

    /// <summary>Creates a listening socket, for both address families if there is no address.</summary>
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
            $"Port {this} is in use by another program.",
            Port,
            e) { Remedy = new Remedy(ErrorCode.PortInUse) },
        SocketError.AccessDenied => new EngineException(
            ErrorCode.PortDenied,
            EngineErrorKind.Denied,
            $"This user is not allowed to listen on port {this}.",
            Port,
            e) { Remedy = new Remedy(ErrorCode.PortDenied) },
        _ => new EngineException(ErrorCode.ListenerFailed, EngineErrorKind.Denied, $"Cannot listen on {this}: {e.Message}.", Port, e)
        {
            Remedy = new Remedy(ErrorCode.ListenerFailed),
        },
    };
}
