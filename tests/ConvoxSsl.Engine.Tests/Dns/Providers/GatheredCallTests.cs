using System.Collections.Concurrent;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

/// <summary>Tests that concurrent calls are combined into one.</summary>
public sealed class GatheredCallTests
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<IReadOnlyList<TxtRecord>> _calls = new();
    private volatile bool _isComplete;

    [Fact]
    public async Task A_single_caller_does_not_wait()
    {
        _isComplete = true;
        await NewCall().AddAsync([Record(1)], CancellationToken.None);

        Assert.Equal([Record(1)], Assert.Single(_calls));
    }

    [Fact]
    public async Task Expected_callers_share_one_call_with_distinct_records()
    {
        var call = NewCall();
        Task[] callers =
        [
            call.AddAsync([Record(1)], CancellationToken.None),
            call.AddAsync([Record(2), Record(1)], CancellationToken.None),
            call.AddAsync([Record(3)], CancellationToken.None),
        ];
        Assert.Empty(_calls);

        _isComplete = true;
        call.StartIfComplete();
        await Task.WhenAll(callers);
        Assert.Equal([Record(1), Record(2), Record(3)], Assert.Single(_calls));
    }

    [Fact]
    public async Task A_late_caller_does_not_delay_the_call_forever()
    {
        var call = NewCall();
        var first = call.AddAsync([Record(1)], CancellationToken.None);
        _time.Advance(MaxDelay);
        await first;
        var late = call.AddAsync([Record(2)], CancellationToken.None);
        _time.Advance(MaxDelay);
        await late;

        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task Callers_that_keep_coming_share_one_call()
    {
        var call = NewCall();
        List<Task> callers = [call.AddAsync([Record(1)], CancellationToken.None), call.AddAsync([Record(2)], CancellationToken.None)];
        _time.Advance(MaxDelay);
        callers.Add(call.AddAsync([Record(3)], CancellationToken.None));

        _isComplete = true;
        call.StartIfComplete();
        await Task.WhenAll(callers);
        Assert.Equal([Record(1), Record(2), Record(3)], Assert.Single(_calls));
    }

    [Fact]
    public async Task A_failure_reaches_all_callers_and_the_next_call_starts_anew()
    {
        var fails = true;
        var call = new GatheredCall(
            (records, _) => fails ? throw new InvalidOperationException("no") : Task.CompletedTask, () => _isComplete, MaxDelay, _time);
        var callers = new[] { call.AddAsync([Record(1)], CancellationToken.None), call.AddAsync([Record(2)], CancellationToken.None) };
        _isComplete = true;
        call.StartIfComplete();
        foreach (var caller in callers)
        {
            Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => caller)).Message);
        }

        fails = false;
        await call.AddAsync([Record(3)], CancellationToken.None);
    }

    [Fact]
    public async Task A_canceled_caller_does_not_cancel_the_others()
    {
        using var stop = new CancellationTokenSource();
        var call = NewCall();
        var stopped = call.AddAsync([Record(1)], stop.Token);
        var other = call.AddAsync([Record(2)], CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);

        _isComplete = true;
        call.StartIfComplete();
        await other.WaitAsync(TestTime.Hang);
        Assert.Equal([Record(2)], Assert.Single(_calls));
    }

    [Fact]
    public async Task A_canceled_caller_waits_for_a_started_call_which_ends_when_all_are_canceled()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isEnded = false;
        var call = new GatheredCall(
            async (_, ct) =>
            {
                started.SetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                }
                finally
                {
                    isEnded = true;
                }
            },
            () => true,
            MaxDelay,
            _time);
        using var stop = new CancellationTokenSource();
        var caller = call.AddAsync([Record(1)], stop.Token);
        await started.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        Assert.True(isEnded);
    }

    private GatheredCall NewCall() => new(
        (records, _) =>
        {
            _calls.Enqueue(records);
            return Task.CompletedTask;
        },
        () => _isComplete,
        MaxDelay,
        _time);

    private static TxtRecord Record(int number) => new($"name{number}.example.org", $"value{number}");
}
