using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// The common part of http-01 and tls-alpn-01: one listener for all orders, which runs while there is a published challenge.
/// </summary>
internal sealed class ListenerSolver(
    ListenerEndpoint endpoint, Func<KeyAuthorization, string> getKey, Func<LiveChallenges, Stream, CancellationToken, Task> serve)
    : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly LiveChallenges _live = new();
    private readonly SemaphoreSlim _gate = new(1);
    private ConnectionListener? _listener;
    private MachineLock? _turn;
    private volatile bool _isWaiting;

    /// <summary>What <see cref="PresentAsync"/> waits for, as the end of a sentence; null if it does not wait.</summary>
    public string? WaitsFor => _isWaiting ? $"port {endpoint.Port}, which another command of this module uses" : null;

    public async Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _listener ??= await ListenAsync(ct).ConfigureAwait(false);
            foreach (var challenge in challenges)
            {
                _live.Add(getKey(challenge), challenge);
            }
        }
        finally
        {
            _isWaiting = false;
            _gate.Release();
        }
    }

    public Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) =>
        _live.WaitUntilVisitedAsync(challenges.Select(getKey), ct);

    public async Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            foreach (var challenge in challenges)
            {
                _live.Remove(getKey(challenge));
            }

            if (_live.IsEmpty)
            {
                await StopAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    // Instances of the module take turns at a port, such as a scheduled renewal and a user's command. If the port is in use while
    // nobody has the turn, another program uses it.
    private async Task<ConnectionListener> ListenAsync(CancellationToken ct)
    {
        while (true)
        {
            var turn = MachineLock.TryTake($"port-{endpoint.Port}");
            try
            {
                var listener = new ConnectionListener(endpoint, (stream, stop) => serve(_live, stream, stop));
                _turn = turn;
                return listener;
            }
            catch (EngineException e) when (turn is null && e.Code == ErrorCode.PortInUse)
            {
                _isWaiting = true;
                await Task.Delay(Pause, ct).ConfigureAwait(false);
            }
            catch
            {
                turn?.Dispose();
                throw;
            }
        }
    }

    private async Task StopAsync()
    {
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
            _turn?.Dispose();
            _turn = null;
        }
    }
}
