using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>The challenges that a listener answers now, and when the CA last came for each.</summary>
internal sealed class LiveChallenges
{
    // CAs look from several places, a moment apart (Baseline Requirements section 3.2.2.9).
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public bool IsEmpty => _entries.IsEmpty;

    public void Add(string key, ChallengeResponse challenge) => _entries[key] = new Entry(challenge);

    public void Remove(string key) => _entries.TryRemove(key, out _);

    /// <summary>The challenge under that key, for a visitor.</summary>
    public ChallengeResponse? Find(string key) => _entries.TryGetValue(key, out var entry) ? entry.Challenge : null;

    /// <summary>Notes that a visitor was answered.</summary>
    public void Visited(string key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            entry.Visit();
        }
    }

    /// <summary>Returns when each has been visited and none lately, or after a while.</summary>
    public async Task WaitUntilVisitedAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        var entries = keys.Select(key => _entries.GetValueOrDefault(key)).OfType<Entry>().ToList();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LongestWait);
        try
        {
            await Task.WhenAll(entries.Select(e => e.FirstVisit.WaitAsync(limit.Token))).ConfigureAwait(false);
            while (entries.Count > 0 && entries.Min(e => e.SinceLastVisit) is var since && since < Quiet)
            {
                await Task.Delay(Quiet - since, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    private sealed class Entry(ChallengeResponse challenge)
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _lastVisit;

        public ChallengeResponse Challenge { get; } = challenge;

        public Task FirstVisit => _first.Task;

        public TimeSpan SinceLastVisit => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastVisit));

        public void Visit()
        {
            Interlocked.Exchange(ref _lastVisit, Environment.TickCount64);
            _first.TrySetResult();
        }
    }
}
