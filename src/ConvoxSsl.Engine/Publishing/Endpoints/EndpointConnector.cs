using System.Net;
using System.Net.Sockets;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Connects to servers over TCP.</summary>
internal static class EndpointConnector
{
    // After the last byte, a server needs one round trip to close its side.
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(500);
    private const int MaxDrainBytes = 64 * 1024;

    /// <summary>Returns the addresses of a host in the order of preference of the system.</summary>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        // The lookup blocks a thread. With one of its own, many unresponsive name servers do not exhaust the thread pool.
        var lookup = Task.Factory.StartNew(
            () => System.Net.Dns.GetHostAddresses(host), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await lookup.WaitAsync(ct).ConfigureAwait(false) is { Length: > 0 } addresses
            ? addresses
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Connects to the first address that accepts the connection.</summary>
    /// <param name="addresses">The addresses; at least one.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">The time limit of the caller. An address that does not respond leaves time for the next one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="SocketException">No address accepted the connection; the reason of the last one.</exception>
    public static async Task<Socket> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        foreach (var address in addresses.SkipLast(1))
        {
            using var limit = new CancellationTokenSource(timeout / (addresses.Count + 1), time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            try
            {
                return await ConnectAsync(address, port, linked.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                // Try the next address.
            }
        }

        return await ConnectAsync(addresses[^1], port, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes a connection without losing its last bytes: closing with unread data would reset the connection, which servers log as an
    /// error.
    /// </summary>
    public static async Task CloseAsync(Socket socket, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(MaxDrainTime, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            for (var left = MaxDrainBytes; left > 0;)
            {
                var count = await socket.ReceiveAsync(buffer, linked.Token).ConfigureAwait(false);
                left = count == 0 ? 0 : left - count;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server has closed or reset the connection, or keeps it open.
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
