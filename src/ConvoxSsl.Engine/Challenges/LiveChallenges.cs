using System.Collections.Concurrent;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>The challenges that a listener responds to, with the CA's visits.</summary>
internal sealed class LiveChallenges
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public bool IsEmpty => _entries.IsEmpty;

    public void Add(string key, KeyAuthorization challenge) => _entries[key] = new Entry(challenge);

    public void Remove(string key) => _entries.TryRemove(key, out _);

    /// <summary>Finds the challenge for a key.</summary>
    public KeyAuthorization? Find(string key) => _entries.TryGetValue(key, out var entry) ? entry.Challenge : null;

    /// <summary>Records that a client received the response.</summary>
    public void ReportVisit(string key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            entry.Visit();
        }
    }

    /// <summary>Returns when each challenge has been visited, or after a short time.</summary>
    /// <returns>True if each was visited.</returns>
    public async Task<bool> WaitUntilVisitedAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        try
        {
            var visits = keys.Select(key => _entries.GetValueOrDefault(key)).OfType<Entry>().Select(e => e.FirstVisit);
            await Task.WhenAll(visits).WaitAsync(MaxWait, ct).ConfigureAwait(false);
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
