using System.Net.Sockets;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Accepts connections and passes each to a handler with a timeout, until it is disposed. A handler's failure ends only its own
/// connection. Idle connections cannot keep others out: the oldest one is closed if there are too many.
/// </summary>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(10);
    private const int MaxConnections = 256;

    private readonly Socket _socket;
    private readonly Func<Stream, CancellationToken, Task> _handle;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly LinkedList<CancellationTokenSource> _connections = new();
    private readonly List<Task> _handlers = [];
    private readonly Task _loop;

    /// <exception cref="EngineException">Cannot listen on the endpoint.</exception>
    public ConnectionListener(ListenerEndpoint endpoint, Func<Stream, CancellationToken, Task> handle)
    {
        _socket = endpoint.Listen();
        _handle = handle;
        _loop = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _loop.ConfigureAwait(false);
        await Task.WhenAll(_handlers).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Start(await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client disconnected between its SYN and the accept.
            }
        }
    }

    private void Start(Socket connection)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(ConnectionTimeout);
        lock (_gate)
        {
            if (_connections.Count == MaxConnections)
            {
                var oldest = _connections.First!.Value;
                _connections.RemoveFirst();
                oldest.Cancel();
            }

            var entry = _connections.AddLast(limit);
            _handlers.RemoveAll(handler => handler.IsCompleted);
            _handlers.Add(Task.Run(() => ServeAsync(connection, entry)));
        }
    }

    private async Task ServeAsync(Socket connection, LinkedListNode<CancellationTokenSource> entry)
    {
        using var limit = entry.Value;
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            await _handle(stream, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
        }
        finally
        {
            lock (_gate)
            {
                entry.List?.Remove(entry);
            }
        }
    }
}
