using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.TestKit;

/// <summary>Finds free ports for servers that cannot choose one themselves.</summary>
public static class FreePort
{
    /// <summary>
    /// Finds a port that is currently free for TCP and UDP on all addresses. It is below the range of the system's outgoing
    /// connections, so that none of them takes it before the server does.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            try
            {
                using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
                udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }
}
