using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>A DNS server on this machine that returns the input for every query, over UDP and TCP.</summary>
internal sealed class FuzzedDns
{
    private static readonly ConcurrentBag<FuzzedDns> Free = [];

    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;

    private FuzzedDns()
    {
        // Use the same port for both protocols; try another one if it is taken.
        while (true)
        {
            _tcp = new TcpListener(IPAddress.Loopback, 0);
            _tcp.Start();
            try
            {
                _udp.Bind(_tcp.LocalEndpoint);
                break;
            }
            catch (SocketException)
            {
                _tcp.Stop();
            }
        }

        _ = RespondOverUdpAsync();
        _ = RespondOverTcpAsync();
    }

    public int Port => ((IPEndPoint)_tcp.LocalEndpoint).Port;

    public byte[] Answer { get; set; } = [];

    public static FuzzedDns Take() => Free.TryTake(out var server) ? server : new FuzzedDns();

    public void GiveBack() => Free.Add(this);

    private async Task RespondOverUdpAsync()
    {
        var query = new byte[4096];
        while (true)
        {
            var received = await _udp.ReceiveFromAsync(query, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
            await _udp.SendToAsync(CreateResponse(query, 60_000), SocketFlags.None, received.RemoteEndPoint);
        }
    }

    private async Task RespondOverTcpAsync()
    {
        var query = new byte[4096];
        while (true)
        {
            using var client = await _tcp.AcceptSocketAsync();
            try
            {
                await client.ReceiveAsync(query.AsMemory(0, 2), SocketFlags.None);
                await client.ReceiveAsync(query, SocketFlags.None);
                var response = CreateResponse(query, ushort.MaxValue);
                await client.SendAsync((byte[])[(byte)(response.Length >> 8), (byte)response.Length, .. response], SocketFlags.None);
            }
            catch (SocketException)
            {
                // The resolver has closed the connection.
            }
        }
    }

    // Copy the id of the query, because the resolver ignores other ids and waits.
    private byte[] CreateResponse(byte[] query, int largest) => [query[0], query[1], .. Answer.Skip(2).Take(largest - 2)];
}
