namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// Gathers the records of calls that come about the same time into one call: it waits until no more are expected, as
/// long as others keep coming, but no longer than a while. Whoever is alone does not wait.
/// </summary>
/// <param name="call">Does the gathered work.</param>
/// <param name="isComplete">Whether no further call is expected.</param>
/// <param name="longestPause">How long those that came wait for the next.</param>
/// <param name="time">The clock.</param>
internal sealed class CallGathering(
    Func<IReadOnlyList<TxtRecord>, CancellationToken, Task> call, Func<bool> isComplete, TimeSpan longestPause, TimeProvider time)
{
    // A thousand orders that come one after the other are not divided, and none waits for minutes.
    private const int MostPauses = 12;

    private readonly object _gate = new();
    private Gathering? _open;

    /// <summary>
    /// Returns when the call that these records went into has ended; throws what it threw. Whoever is stopped before the
    /// call begins takes its records back; afterwards it waits for the end, so that it knows what it has to clean up.
    /// </summary>
    public async Task AddAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Gathering joined;
        var caller = new Caller(records);
        lock (_gate)
        {
            joined = _open ??= Begin();
            joined.Callers.Add(caller);
            joined.Arrived++;
        }

        Look();
        await using (ct.Register(() => Withdraw(joined, caller)).ConfigureAwait(false))
        {
            await caller.Done.Task.ConfigureAwait(false);
        }

        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Looks whether those that wait are all; whatever changes the answer calls it.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_open is { } open && isComplete())
            {
                open.Complete.TrySetResult();
            }
        }
    }

    private Gathering Begin()
    {
        var gathering = new Gathering();
        _ = RunAsync(gathering);
        return gathering;
    }

    private async Task RunAsync(Gathering gathering)
    {
        await WaitForAllAsync(gathering).ConfigureAwait(false);
        IReadOnlyList<Caller> callers;
        lock (_gate)
        {
            _open = null;
            gathering.HasStarted = true;
            callers = [.. gathering.Callers];
        }

        try
        {
            if (callers.Count > 0)
            {
                await call([.. callers.SelectMany(c => c.Records).Distinct()], gathering.Stop.Token).ConfigureAwait(false);
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

    private async Task WaitForAllAsync(Gathering gathering)
    {
        var seen = 1;
        for (var pause = 0; pause < MostPauses; pause++)
        {
            if (await Task.WhenAny(gathering.Complete.Task, Task.Delay(longestPause, time)).ConfigureAwait(false) == gathering.Complete.Task)
            {
                return;
            }

            lock (_gate)
            {
                if (gathering.Arrived == seen)
                {
                    return;
                }

                seen = gathering.Arrived;
            }
        }
    }

    private void Withdraw(Gathering gathering, Caller caller)
    {
        bool isLast;
        lock (_gate)
        {
            gathering.Callers.Remove(caller);
            isLast = gathering.Callers.Count == 0;
            if (!gathering.HasStarted)
            {
                caller.Done.TrySetResult();
                return;
            }
        }

        if (isLast)
        {
            // Nobody wants the call any more; its end tells the callers.
            gathering.Stop.Cancel();
        }
    }

    private sealed class Gathering
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
