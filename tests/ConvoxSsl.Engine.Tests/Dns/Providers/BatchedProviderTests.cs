using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Providers;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Engine.Tests.Dns.Providers;

/// <summary>Tests that the records of many orders are written in few calls.</summary>
public sealed class BatchedProviderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SlowProvider _provider = new();

    [Fact]
    public async Task The_time_limit_of_one_order_does_not_end_a_shared_removal()
    {
        using var shared = new RecordBatch(_time).Share(_provider);
        using var limit = new CancellationTokenSource();
        var records = Enumerable.Range(0, 1000).Select(i => new TxtRecord($"name{i}.example.org", "value")).ToList();
        await shared.PresentAsync(records, CancellationToken.None);
        var removal = shared.CleanUpAsync(records, limit.Token);
        var stop = await _provider.Begun.Task;
        await limit.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(stop.IsCancellationRequested);

        _provider.MayEnd.SetResult();
        await removal;
    }

    [Fact]
    public async Task A_removal_without_a_response_times_out()
    {
        using var shared = new RecordBatch(_time).Share(_provider);
        List<TxtRecord> records = [new("name.example.org", "value")];
        await shared.PresentAsync(records, CancellationToken.None);
        var removal = shared.CleanUpAsync(records, CancellationToken.None);
        await _provider.Begun.Task;
        _time.Advance(TimeSpan.FromSeconds(31));

        var failure = await Assert.ThrowsAsync<EngineException>(() => removal);
        Assert.Equal("DnsProviderUnreachable", failure.Code);
        Assert.Contains("name.example.org within 30 seconds", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Removes records when the test allows it.</summary>
    private sealed class SlowProvider : IDnsProvider
    {
        public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<CancellationToken> Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct) => Task.CompletedTask;

        public Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
        {
            Begun.SetResult(ct);
            return MayEnd.Task.WaitAsync(ct);
        }

        public Task<DnsZone> FindZoneAsync(string name, CancellationToken ct) => throw new NotSupportedException();

        public async IAsyncEnumerable<DnsCheck> CheckAsync(string name, [EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            yield break;
        }

        public void Dispose()
        {
        }
    }
}
