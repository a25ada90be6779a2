using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Tests.Racks;

public sealed class ListingMemoryTests
{
    private const int Count = 1000;
    private const int RecordSize = 64 << 10;

    [Fact]
    public async Task Returns_all_records_in_order()
    {
        var count = 0;
        await foreach (var record in Records(CancellationToken.None).KeepingMemoryLowAsync(CancellationToken.None))
        {
            Assert.Equal(count++, record[0] + (record[1] << 8));
        }

        Assert.Equal(Count, count);
    }

    [Fact]
    public async Task Unreferenced_records_are_collected_during_a_listing()
    {
        var passed = new List<WeakReference>();
        await foreach (var record in Records(CancellationToken.None).KeepingMemoryLowAsync(CancellationToken.None))
        {
            passed.Add(new WeakReference(record));
        }

        // 62.5 MiB were allocated; the last records may still be alive.
        Assert.InRange(passed.Count(r => r.IsAlive), 0, Count / 2);
    }

    [Fact]
    public async Task A_listing_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var record in Records(CancellationToken.None).KeepingMemoryLowAsync(stop.Token))
            {
                if (++count == 3)
                {
                    await stop.CancelAsync();
                }
            }
        });
        Assert.Equal(3, count);
    }

    private static async IAsyncEnumerable<byte[]> Records([EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            await Task.CompletedTask;
            var record = new byte[RecordSize];
            (record[0], record[1]) = ((byte)i, (byte)(i >> 8));
            yield return record;
        }
    }
}
