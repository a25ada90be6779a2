using System.Net.Sockets;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Accepts connections and hands each to a handler with a time limit, until it is disposed; a handler's failure ends
/// its connection and nothing else.
/// </summary>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private static readonly TimeSpan LongestConnection = TimeSpan.FromSeconds(10);
    private const int MostConnections = 256;

    private readonly Socket _socket;
    private readonly Func<Stream, CancellationToken, Task> _handle;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _slots = new(MostConnections);
    private readonly Task _loop;

    /// <exception cref="EngineException">The endpoint can't be listened on.</exception>
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

        // Each running connection holds a slot and gives it back when it has seen the stop.
        for (var slot = 0; slot < MostConnections; slot++)
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
                // A client that went away between its SYN and our accept.
                _slots.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(LongestConnection);
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            await _handle(stream, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
        }
        finally
        {
            _slots.Release();
        }
    }
}
