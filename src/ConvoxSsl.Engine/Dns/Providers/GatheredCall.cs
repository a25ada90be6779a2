namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// Combines the records of several callers into one call. The call starts when no more callers are expected, or when none has come
/// for a while.
/// </summary>
/// <param name="call">Makes the combined call.</param>
/// <param name="isComplete">True if no more callers are expected.</param>
/// <param name="maxDelay">The time to wait for the next caller.</param>
/// <param name="time">The clock.</param>
internal sealed class GatheredCall(
    Func<IReadOnlyList<TxtRecord>, CancellationToken, Task> call, Func<bool> isComplete, TimeSpan maxDelay, TimeProvider time)
{
    // Bounds the wait if callers arrive one by one: a minute, in which a thousand orders of a slow CA make progress.
    private const int MaxDelays = 12;

    private readonly object _gate = new();
    private Round? _open;

    /// <summary>
    /// Adds records and returns when their call has ended; throws what it threw. A caller that is canceled before the call starts
    /// withdraws its records. Afterwards it waits for the end, so that it knows what to clean up.
    /// </summary>
    public async Task AddAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Round round;
        var caller = new Caller(records);
        lock (_gate)
        {
            round = _open ??= Begin();
            round.Callers.Add(caller);
            round.Arrived++;
        }

        StartIfComplete();
        await using (ct.Register(() => Withdraw(round, caller)).ConfigureAwait(false))
        {
            await caller.Done.Task.ConfigureAwait(false);
        }

        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Starts the call if no more callers are expected. Called whenever that may have changed.</summary>
    public void StartIfComplete()
    {
        lock (_gate)
        {
            if (_open is { } open && isComplete())
            {
                open.Complete.TrySetResult();
            }
        }
    }

    private Round Begin()
    {
        var round = new Round();
        _ = RunAsync(round);
        return round;
    }

    private async Task RunAsync(Round round)
    {
        await WaitForCallersAsync(round).ConfigureAwait(false);
        IReadOnlyList<Caller> callers;
        lock (_gate)
        {
            _open = null;
            round.HasStarted = true;
            callers = [.. round.Callers];
        }

        try
        {
            if (callers.Count > 0)
            {
                await call([.. callers.SelectMany(c => c.Records).Distinct()], round.Stop.Token).ConfigureAwait(false);
            }

            foreach (var caller in callers)
            {
                caller.Done.TrySetResult();
            }
        }
        catch (Exception e)
        {
            foreach (var caller in callers)
            {
                caller.Done.TrySetException(e);
            }
        }
    }

    private async Task WaitForCallersAsync(Round round)
    {
        var seen = 1;
        for (var delay = 0; delay < MaxDelays; delay++)
        {
            if (await Task.WhenAny(round.Complete.Task, Task.Delay(maxDelay, time)).ConfigureAwait(false) == round.Complete.Task)
            {
                return;
            }

            lock (_gate)
            {
                if (round.Arrived == seen)
                {
                    return;
                }

                seen = round.Arrived;
            }
        }
    }

    private void Withdraw(Round round, Caller caller)
    {
        bool isLast;
        lock (_gate)
        {
            round.Callers.Remove(caller);
            isLast = round.Callers.Count == 0;
            if (!round.HasStarted)
            {
                caller.Done.TrySetResult();
                return;
            }
        }

        if (isLast)
        {
            // All callers are canceled. Its end completes them.
            round.Stop.Cancel();
        }
    }

    private sealed class Round
    {
        public List<Caller> Callers { get; } = [];

        public int Arrived { get; set; }

        public bool HasStarted { get; set; }

        public CancellationTokenSource Stop { get; } = new();

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Caller(IReadOnlyList<TxtRecord> records)
    {
        public IReadOnlyList<TxtRecord> Records { get; } = records;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
