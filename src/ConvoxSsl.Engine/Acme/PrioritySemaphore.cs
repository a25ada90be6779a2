namespace ConvoxSsl.Engine.Acme;

/// <summary>The priority of a queued request: the closer to the certificate, the higher.</summary>
internal enum RequestPriority
{
    /// <summary>Begins an order, or concerns no order.</summary>
    Begin,

    /// <summary>Validates an identifier.</summary>
    Validate,

    /// <summary>Finalizes an order or downloads its certificate.</summary>
    Finish,
}

/// <summary>
/// Limits the number of concurrent requests and runs queued ones by priority. Without priorities the orders of a batch
/// would advance in lockstep, and the first certificate would arrive when all are nearly done.
/// </summary>
/// <param name="count">The maximum number of concurrent requests.</param>
internal sealed class PrioritySemaphore(int count)
{
    private readonly object _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (int Priority, long Number)> _queue = new();
    private int _free = count;
    private long _number;

    /// <summary>True if no slot is free.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _free == 0;
            }
        }
    }

    /// <summary>Acquires a slot, which the caller releases with <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">The wait was canceled; no slot was acquired.</exception>
    public async Task EnterAsync(RequestPriority priority, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var slot = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _queue.Enqueue(slot, (-(int)priority, _number++));
        }

        using var registration = ct.UnsafeRegister(_ => slot.TrySetCanceled(ct), null);
        await slot.Task.ConfigureAwait(false);
    }

    /// <summary>Releases a slot to the first request in the queue.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            while (_queue.TryDequeue(out var next, out _))
            {
                // Canceled requests remain in the queue until here.
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }
}
