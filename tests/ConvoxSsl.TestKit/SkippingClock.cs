namespace ConvoxSsl.TestKit;

/// <summary>
/// A clock that skips delays: it records a delay and advances by its length at once. Timeouts are recognized by their length,
/// and expire when the clock passes them.
/// </summary>
/// <param name="limits">The lengths of the timeouts.</param>
public sealed class SkippingClock(params TimeSpan[] limits) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly List<Limit> _limits = [];
    private readonly DateTimeOffset _start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _passed;
    private TimeSpan _error;

    /// <summary>The lengths of timers that never end.</summary>
    public IReadOnlyList<TimeSpan> Endless { get; init; } = [];

    /// <summary>The time without jumps, as on other machines.</summary>
    public TimeProvider True => new TrueTime(this);

    /// <summary>The delays so far, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start + _passed + _error;
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _passed.Ticks;
        }
    }

    /// <summary>Adjusts the clock without passing time, so that delays and timeouts still end as scheduled.</summary>
    public void Jump(TimeSpan error)
    {
        lock (_gate)
        {
            _error += error;
        }
    }

    /// <summary>Advances the time.</summary>
    public void Advance(TimeSpan time)
    {
        List<Limit> passed;
        lock (_gate)
        {
            _passed += time;
            passed = _limits.FindAll(l => l.End <= _passed);
            _limits.RemoveAll(passed.Contains);
        }

        foreach (var limit in passed)
        {
            limit.Pass();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || Endless.Contains(dueTime))
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (limits.Contains(dueTime))
        {
            lock (_gate)
            {
                var limit = new Limit(_passed + dueTime, () => callback(state), Remove);
                _limits.Add(limit);
                return limit;
            }
        }

        lock (_gate)
        {
            _waits.Add(dueTime);
        }

        Advance(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Remove(Limit limit)
    {
        lock (_gate)
        {
            _limits.Remove(limit);
        }
    }

    private sealed class TrueTime(SkippingClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock._start.AddTicks(clock.GetTimestamp());
    }

    private sealed class Limit(TimeSpan end, Action pass, Action<Limit> remove) : ITimer
    {
        public TimeSpan End => end;

        public void Pass() => pass();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            remove(this);
            return true;
        }

        public void Dispose() => remove(this);

        public ValueTask DisposeAsync()
        {
            remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
