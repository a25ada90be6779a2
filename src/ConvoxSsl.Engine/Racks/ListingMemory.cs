using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Racks;

/// <summary>
/// Bounds what a listing of many records adds to the memory of the session that asked for it. The runtime lets a program
/// allocate as much as the processor's cache holds before it looks for what is no longer used: a few MiB on a laptop, 80 and
/// more on a server, which the session then keeps.
/// </summary>
internal static class ListingMemory
{
    /// <summary>In bytes: the youngest objects are collected in some milliseconds where they are no more than this.</summary>
    private const long MostUncollected = 4 << 20;

    /// <summary>Gives the records as they come, and has what was left behind collected in between, unless the runtime did.</summary>
    public static async IAsyncEnumerable<T> KeepingMemoryLowAsync<T>(
        this IAsyncEnumerable<T> records, [EnumeratorCancellation] CancellationToken ct)
    {
        var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
        await foreach (var record in records.WithCancellation(ct).ConfigureAwait(false))
        {
            yield return record;
            if (GC.GetTotalAllocatedBytes() - allocated < MostUncollected)
            {
                continue;
            }

            if (GC.CollectionCount(0) == collections)
            {
                GC.Collect(0);
            }

            (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
        }
    }
}
