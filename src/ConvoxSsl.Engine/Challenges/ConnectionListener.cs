using System.Net.Sockets;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Accepts connections and passes each to a handler with a timeout, until it is disposed. A handler's failure ends only its own
/// connection.
/// </summary>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(10);
    private const int MaxConnections = 256;

    private readonly Socket _socket;
    private readonly Func<Stream, CancellationToken, Task> _handle;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _slots = new(MaxConnections);
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

        // Each open connection holds a slot and releases it after cancellation.
        for (var slot = 0; slot < MaxConnections; slot++)
        {
            await _slots.WaitAsync().ConfigureAwait(false);
        }

        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                var connection = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                _slots.Release();
            }
            catch (SocketException)
            {
                // The client disconnected between its SYN and the accept.
                _slots.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(ConnectionTimeout);
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            await _handle(stream, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
        }
        finally
        {
            _slots.Release();
        }
    }
}
