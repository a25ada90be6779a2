using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// The common part of http-01 and tls-alpn-01: one listener for all orders, which runs while there is a published challenge.
/// </summary>
internal sealed class ListenerSolver(
    ListenerEndpoint endpoint, Func<KeyAuthorization, string> getKey, Func<LiveChallenges, Stream, CancellationToken, Task> serve)
    : IAsyncDisposable
{
    private readonly LiveChallenges _live = new();
    private readonly SemaphoreSlim _gate = new(1);
    private ConnectionListener? _listener;

    public async Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _listener ??= new ConnectionListener(endpoint, (stream, stop) => serve(_live, stream, stop));
            foreach (var challenge in challenges)
            {
                _live.Add(getKey(challenge), challenge);
            }
        }
        finally
        {
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

    private async Task StopAsync()
    {
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }
}
