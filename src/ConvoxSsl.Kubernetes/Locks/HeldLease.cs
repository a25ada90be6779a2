using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Locks;

/// <summary>A held lock. Renews its Lease until it is disposed or lost.</summary>
internal sealed class HeldLease : IAsyncDisposable
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly LockLease _lease;
    private readonly TimeProvider _time;
    private readonly Action<HeldLease> _onDisposed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewal;
    private long _renewed;
    private int _disposed;
    private volatile bool _lost;

    /// <param name="name">The lock's name.</param>
    /// <param name="lease">The Lease, which this process holds.</param>
    /// <param name="taken">The timestamp before the request that acquired it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onDisposed">Called when the lock is released.</param>
    public HeldLease(string name, LockLease lease, long taken, TimeProvider time, Action<HeldLease> onDisposed)
    {
        Name = name;
        _lease = lease;
        _renewed = taken;
        _time = time;
        _onDisposed = onDisposed;
        _renewal = RenewAsync(_stop.Token);
    }

    /// <summary>The lock's name.</summary>
    public string Name { get; }

    /// <summary>True if another process may hold the lock now. A lost lock stays lost.</summary>
    public bool IsLost => _lost = _lost || Left <= TimeSpan.Zero;

    /// <summary>The time until the Lease expires, counted from before the last renewal request.</summary>
    private TimeSpan Left => LockLease.Duration - _time.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        await _lease.ReleaseAsync().ConfigureAwait(false);
        _stop.Dispose();
        _onDisposed(this);
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        try
        {
            for (var pause = RenewEvery; ;)
            {
                await Task.Delay(pause, _time, stop).ConfigureAwait(false);
                if (IsLost)
                {
                    return;
                }

                pause = await TryRenewAsync(stop).ConfigureAwait(false) ? RenewEvery : RetryAfter;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> TryRenewAsync(CancellationToken stop)
    {
        var requested = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(Left > TimeSpan.Zero ? Left : TimeSpan.Zero, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            if (await _lease.TryRenewAsync(either.Token).ConfigureAwait(false))
            {
                Volatile.Write(ref _renewed, requested);
                return true;
            }

            _lost = true;
            return false;
        }
        catch (EngineException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
