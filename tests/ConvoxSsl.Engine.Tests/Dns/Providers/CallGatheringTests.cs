using System.Collections.Concurrent;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

/// <summary>Many calls in one.</summary>
public sealed class CallGatheringTests
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<IReadOnlyList<TxtRecord>> _calls = new();
    private volatile bool _isComplete;

    [Fact]
    public async Task Whoever_is_alone_does_not_wait()
    {
        _isComplete = true;
        await NewGathering().AddAsync([Record(1)], CancellationToken.None);

        Assert.Equal([Record(1)], Assert.Single(_calls));
    }

    [Fact]
    public async Task All_that_are_expected_go_together_and_each_record_once()
    {
        var gathering = NewGathering();
        var callers = new[] { gathering.AddAsync([Record(1)], CancellationToken.None), gathering.AddAsync([Record(2), Record(1)], CancellationToken.None), gathering.AddAsync([Record(3)], CancellationToken.None) };
        Assert.Empty(_calls);

        _isComplete = true;
        gathering.Look();
        await Task.WhenAll(callers);
        Assert.Equal([Record(1), Record(2), Record(3)], Assert.Single(_calls));
    }

    [Fact]
    public async Task One_that_is_late_is_not_waited_for_for_ever()
    {
        var gathering = NewGathering();
        var first = gathering.AddAsync([Record(1)], CancellationToken.None);
        _time.Advance(LongestPause);
        await first;
        var late = gathering.AddAsync([Record(2)], CancellationToken.None);
        _time.Advance(LongestPause);
        await late;

        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task As_long_as_others_come_all_go_together()
    {
        var gathering = NewGathering();
        List<Task> callers = [gathering.AddAsync([Record(1)], CancellationToken.None), gathering.AddAsync([Record(2)], CancellationToken.None)];
        _time.Advance(LongestPause);
        callers.Add(gathering.AddAsync([Record(3)], CancellationToken.None));

        _isComplete = true;
        gathering.Look();
        await Task.WhenAll(callers);
        Assert.Equal([Record(1), Record(2), Record(3)], Assert.Single(_calls));
    }

    [Fact]
    public async Task A_failure_reaches_all_and_the_next_call_starts_anew()
    {
        var fails = true;
        var gathering = new CallGathering((records, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask, () => _isComplete, LongestPause, _time);
        var callers = new[] { gathering.AddAsync([Record(1)], CancellationToken.None), gathering.AddAsync([Record(2)], CancellationToken.None) };
        _isComplete = true;
        gathering.Look();
        foreach (var caller in callers)
        {
            Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => caller)).Message);
        }

        fails = false;
        await gathering.AddAsync([Record(3)], CancellationToken.None);
    }

    [Fact]
    public async Task A_caller_that_is_stopped_does_not_stop_the_others()
    {
        using var stop = new CancellationTokenSource();
        var gathering = NewGathering();
        var stopped = gathering.AddAsync([Record(1)], stop.Token);
        var other = gathering.AddAsync([Record(2)], CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);

        _isComplete = true;
        gathering.Look();
        await other.WaitAsync(TestTime.Hang);
        Assert.Equal([Record(2)], Assert.Single(_calls));
    }

    [Fact]
    public async Task A_call_that_has_begun_is_waited_for_by_who_is_stopped_and_ends_when_nobody_wants_it()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = false;
        var gathering = new CallGathering(
            async (_, ct) =>
            {
                begun.SetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                }
                finally
                {
                    ended = true;
                }
            },
            () => true,
            LongestPause,
            _time);
        using var stop = new CancellationTokenSource();
        var caller = gathering.AddAsync([Record(1)], stop.Token);
        await begun.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        Assert.True(ended);
    }

    private CallGathering NewGathering() => new(
        (records, _) =>
        {
            _calls.Enqueue(records);
            return Task.CompletedTask;
        },
        () => _isComplete,
        LongestPause,
        _time);

    private static TxtRecord Record(int number) => new($"name{number}.example.org", $"value{number}");
}
