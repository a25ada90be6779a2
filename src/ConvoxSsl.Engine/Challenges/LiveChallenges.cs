using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>The challenges that a listener answers now, and whether the CA has come for each.</summary>
internal sealed class LiveChallenges
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public bool IsEmpty => _entries.IsEmpty;

    public void Add(string key, KeyAuthorization challenge) => _entries[key] = new Entry(challenge);

    public void Remove(string key) => _entries.TryRemove(key, out _);

    /// <summary>The challenge under that key, for a visitor.</summary>
    public KeyAuthorization? Find(string key) => _entries.TryGetValue(key, out var entry) ? entry.Challenge : null;

    /// <summary>Notes that a visitor was answered.</summary>
    public void Visited(string key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            entry.Visit();
        }
    }

    /// <summary>Returns when each has been visited, or after a while.</summary>
    /// <returns>Whether each was.</returns>
    public async Task<bool> WaitUntilVisitedAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(keys.Select(key => _entries.GetValueOrDefault(key)).OfType<Entry>().Select(e => e.FirstVisit)).WaitAsync(LongestWait, ct).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private sealed class Entry(KeyAuthorization challenge)
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public KeyAuthorization Challenge { get; } = challenge;

        public Task FirstVisit => _first.Task;

        public void Visit() => _first.TrySetResult();
    }
}
