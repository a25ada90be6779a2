using System.Net;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Scripts;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>The queue between a body and the pipeline, and the reading of secrets.</summary>
public sealed class RecordQueueTests
{
    [Fact]
    public void Writes_are_taken_in_order_and_the_last_ones_after_the_close()
    {
        var queue = new RecordQueue(1);
        var taken = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            queue.Add(() => taken.Add(number));
        }

        queue.Close();
        queue.Add(() => taken.Add(99));
        while (queue.TryTake(out var write))
        {
            write();
        }

        Assert.Equal([0, 1, 2], taken);
    }

    [Fact]
    public async Task A_taker_waits_until_the_close()
    {
        var queue = new RecordQueue(1);
        var taker = Task.Run(() => queue.TryTake(out _));
        Assert.False(taker.IsCompleted);

        queue.Close();
        Assert.False(await taker.WaitAsync(TestTime.Hang));
    }

    [Fact]
    public async Task A_body_waits_for_room_until_half_is_taken_the_body_ends_or_it_is_stopped()
    {
        var queue = new RecordQueue(1);
        Fill(queue);
        var waiting = queue.WaitForRoomAsync(CancellationToken.None);
        for (var i = 1; i < RecordQueue.MaxLength / 2; i++)
        {
            Assert.True(queue.TryTake(out _));
        }

        Assert.False(waiting.IsCompleted);
        Assert.True(queue.TryTake(out _));
        await waiting.WaitAsync(TestTime.Hang);
        Assert.True(queue.WaitForRoomAsync(CancellationToken.None).IsCompletedSuccessfully);

        Fill(queue);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.WaitForRoomAsync(new CancellationToken(canceled: true)));
        waiting = queue.WaitForRoomAsync(CancellationToken.None);
        queue.Close();
        await waiting.WaitAsync(TestTime.Hang);
    }

    [Theory]
    [InlineData("")]
    [InlineData("päss wörd")]
    public void A_secret_is_read_as_it_was_typed(string text) =>
        Assert.Equal(text, new string(Secret.ToCharArray(new NetworkCredential(string.Empty, text).SecurePassword)));

    private static void Fill(RecordQueue queue)
    {
        while (queue.WaitForRoomAsync(CancellationToken.None).IsCompleted)
        {
            queue.Add(() => { });
        }
    }
}
