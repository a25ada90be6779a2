using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>
/// A DNS server for the zones of a test, on a free port of an address of this machine, over UDP and TCP. It is
/// authoritative for its zones and resolves names in them. Several servers can share zones.
/// </summary>
public sealed class DnsTestServer : IAsyncDisposable
{
    private readonly DnsTestZones _zones;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<DnsSeenQuery> _queries = new();
    private readonly Task _work;

    private DnsTestServer(DnsTestZones zones, Socket udp, Socket tcp)
    {
        (_zones, _udp, _tcp) = (zones, udp, tcp);
        Endpoint = (IPEndPoint)udp.LocalEndPoint!;
        _work = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    /// <summary>The endpoint.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>The faults.</summary>
    public DnsFault Fault { get; set; }

    /// <summary>The lag behind its zones.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>True to return names in uppercase.</summary>
    public bool Shouts { get; set; }

    /// <summary>Changes the bytes of every response before it is sent.</summary>
    public Func<byte[], byte[]>? Mangle { get; set; }

    /// <summary>The received questions.</summary>
    public IReadOnlyList<DnsSeenQuery> Queries => [.. _queries];

    /// <summary>Starts a server on 127.0.0.1.</summary>
    public static DnsTestServer Start(DnsTestZones zones) => Start(zones, IPAddress.Loopback);

    /// <summary>Starts a server on an address of this machine.</summary>
    public static DnsTestServer Start(DnsTestZones zones, IPAddress address)
    {
        for (var attempt = 1; ; attempt++)
        {
            var endpoint = new IPEndPoint(address, FreePort.Next());
            var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(endpoint);
                tcp.Bind(endpoint);
                tcp.Listen();
                return new DnsTestServer(zones, udp, tcp);
            }
            catch (SocketException) when (attempt < 5)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _work;
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(Endpoint.Address, 0), _stop.Token);
                if (Respond(buffer.AsSpan(0, received.ReceivedBytes), tcp: false) is { } response)
                {
                    await _udp.SendToAsync(response, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client or the server has closed the connection.
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        var connections = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                connections.Add(ServeConnectionAsync(await _tcp.AcceptAsync(_stop.Token)));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }

        await Task.WhenAll(connections);
    }

    // Each message is preceded by its length (RFC 1035 section 4.2.2).
    private async Task ServeConnectionAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var length = new byte[2];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(length, _stop.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message, _stop.Token);
                if (Respond(message, tcp: true) is not { } response)
                {
                    return;
                }

                await stream.WriteAsync((byte[])[(byte)(response.Length >> 8), (byte)response.Length, .. response], _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private byte[]? Respond(ReadOnlySpan<byte> message, bool tcp)
    {
        if (DnsWire.Read(message) is not { } query)
        {
            return null;
        }

        _queries.Enqueue(new DnsSeenQuery(query.Name, query.Type, tcp, query.RecursionDesired, query.HasEdns));
        if (Fault == DnsFault.Silent || (Fault == DnsFault.SilentOverUdp && !tcp))
        {
            return null;
        }

        var echoed = Fault == DnsFault.WrongId ? query with { Id = (ushort)(query.Id + 1) } : query;
        var response = CreateResponse(query);
        var whole = DnsWire.Write(echoed, response, truncated: false, sections: true);
        var isCut = !tcp && (Fault == DnsFault.Truncated || whole.Length > query.PayloadSize);
        var dnsResponse = isCut ? DnsWire.Write(echoed, response, truncated: true, sections: false) : whole;
        return Mangle?.Invoke(dnsResponse) ?? dnsResponse;
    }

    private DnsTestResponse CreateResponse(DnsQuery query)
    {
        var code = Fault switch
        {
            DnsFault.FormatError => 1,
            DnsFault.ServFail => 2,
            DnsFault.NotImplemented => 4,
            DnsFault.Refused => 5,
            _ => 0,
        };
        if (code != 0)
        {
            return new DnsTestResponse(code, false, [], []);
        }

        var response = new DnsZoneLookup(_zones.At(_zones.Time.GetUtcNow() - Lag)).Find(query.Name, query.Type);
        return Shouts
            ? response with { Answers = [.. response.Answers.Select(r => r with { Name = r.Name.ToUpperInvariant() })] }
            : response;
    }
}
