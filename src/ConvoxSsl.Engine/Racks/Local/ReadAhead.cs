using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// Reads many small files in parallel, ahead of the consumer, and returns them in order. Memory use does not depend on the
/// number of files.
/// </summary>
internal static class ReadAhead
{
    // Large enough to make the handover cheap, small enough to return the first item soon.
    private const int Portion = 16;

    private static readonly int Ahead = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>Reads the items of the ids, and skips those that do not exist.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="read">Reads one item; null if it does not exist.</param>
    /// <param name="onDamaged">Called for each item that cannot be read, in order.</param>
    /// <param name="ct">The cancellation token.</param>
    public static async IAsyncEnumerable<T> InOrderAsync<T>(
        IReadOnlyList<string> ids,
        Func<string, CancellationToken, Task<T?>> read,
        Action<EngineException>? onDamaged,
        [EnumeratorCancellation] CancellationToken ct)
        where T : class
    {
        var portions = new Queue<Task<List<Found<T>>>>();
        var started = 0;
        while (true)
        {
            for (; started < ids.Count && portions.Count < Ahead; started += Portion)
            {
                var (from, to) = (started, Math.Min(started + Portion, ids.Count));
                portions.Enqueue(Task.Run(() => ReadPortionAsync(ids, from, to, read, ct), ct));
            }

            if (!portions.TryDequeue(out var next))
            {
                yield break;
            }

            foreach (var (value, damage) in await next.ConfigureAwait(false))
            {
                if (damage is not null)
                {
                    onDamaged?.Invoke(damage);
                }
                else if (value is not null)
                {
                    yield return value;
                }
            }
        }
    }

    private static async Task<List<Found<T>>> ReadPortionAsync<T>(
        IReadOnlyList<string> ids, int from, int to, Func<string, CancellationToken, Task<T?>> read, CancellationToken ct)
        where T : class
    {
        var found = new List<Found<T>>(to - from);
        for (var i = from; i < to; i++)
        {
            try
            {
                found.Add(new Found<T>(await read(ids[i], ct).ConfigureAwait(false), null));
            }
            catch (EngineException e)
            {
                found.Add(new Found<T>(null, e));
            }
        }

        return found;
    }

    private readonly record struct Found<T>(T? Value, EngineException? Damage);
}
