namespace ConvoxSsl.Cmdlets;

/// <summary>The deferred work of a cmdlet, in one batch for each rack.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal sealed class RackBatches<T>
{
    private readonly Dictionary<RackSession, List<T>> _batches = new(ReferenceEqualityComparer.Instance);

    /// <summary>The number of items.</summary>
    public int Count => _batches.Values.Sum(batch => batch.Count);

    /// <summary>Adds items to the batch of a rack.</summary>
    public void Add(RackSession session, params IReadOnlyList<T> items)
    {
        if (!_batches.TryGetValue(session, out var batch))
        {
            _batches[session] = batch = [];
        }

        batch.AddRange(items);
    }

    /// <summary>Runs all batches concurrently.</summary>
    public Task RunAsync(Func<RackSession, IReadOnlyList<T>, CancellationToken, Task> run, CancellationToken ct) =>
        Task.WhenAll(_batches.Select(batch => run(batch.Key, batch.Value, ct)));
}
