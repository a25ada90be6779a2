using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>A DNS server on this machine that gives the input as its answer to everything, over UDP and TCP.</summary>
internal sealed class AnsweredDns
{
    private static readonly ConcurrentBag<AnsweredDns> Free = [];

    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;

    private AnsweredDns()
    {
        // The same number for both; where TCP has it already, another is drawn.
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

        _ = AnswerUdpAsync();
        _ = AnswerTcpAsync();
    }

    public int Port => ((IPEndPoint)_tcp.LocalEndpoint).Port;

    public byte[] Answer { get; set; } = [];

    public static AnsweredDns Take() => Free.TryTake(out var server) ? server : new AnsweredDns();

    public void GiveBack() => Free.Add(this);

    private async Task AnswerUdpAsync()
    {
        var query = new byte[4096];
        while (true)
        {
            var asked = await _udp.ReceiveFromAsync(query, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
            await _udp.SendToAsync(Reply(query, 60_000), SocketFlags.None, asked.RemoteEndPoint);
        }
    }

    private async Task AnswerTcpAsync()
    {
        var query = new byte[4096];
        while (true)
        {
            using var client = await _tcp.AcceptSocketAsync();
            try
            {
                await client.ReceiveAsync(query.AsMemory(0, 2), SocketFlags.None);
                await client.ReceiveAsync(query, SocketFlags.None);
                var reply = Reply(query, ushort.MaxValue);
                await client.SendAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], SocketFlags.None);
            }
            catch (SocketException)
            {
                // The resolver had enough.
            }
        }
    }

    // Under the id of the question, or it would be waited on for the right one.
    private byte[] Reply(byte[] query, int largest) => [query[0], query[1], .. Answer.Skip(2).Take(largest - 2)];
}
