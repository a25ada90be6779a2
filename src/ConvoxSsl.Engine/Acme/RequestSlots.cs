namespace ConvoxSsl.Engine.Acme;

/// <summary>How near to its certificate an exchange is; of several that wait, the nearest goes first.</summary>
internal enum ExchangeRank
{
    /// <summary>Begins something.</summary>
    Begin,

    /// <summary>Proves what was begun.</summary>
    Prove,

    /// <summary>Brings in what is proved.</summary>
    Finish,
}

/// <summary>
/// How many exchanges run at the same time. What is begun is finished before more is begun: otherwise the orders of a
/// batch advance in step, and the first certificate comes when all nearly do.
/// </summary>
internal sealed class RequestSlots(int count)
{
    private readonly object _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (int Rank, long Number)> _waiting = new();
    private int _free = count;
    private long _number;

    /// <summary>Whether as many run as may.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _free == 0;
            }
        }
    }

    /// <summary>Waits for a slot, which the caller gives back with <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">It was stopped, and has none.</exception>
    public async Task EnterAsync(ExchangeRank rank, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            _waiting.Enqueue(mine, (-(int)rank, _number++));
        }

        using var stopped = ct.UnsafeRegister(_ => mine.TrySetCanceled(ct), null);
        await mine.Task.ConfigureAwait(false);
    }

    /// <summary>Gives a slot back, to who waits first.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var next, out _))
            {
                // One that was stopped while it waited is not there any more.
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }
}
