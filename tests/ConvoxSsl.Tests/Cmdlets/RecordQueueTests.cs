using System.Net;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Scripts;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Tests.Cmdlets;

/// <summary>Tests the queue between a body and the pipeline, and the conversion of secrets.</summary>
public sealed class RecordQueueTests
{
    [Fact]
    public void Writes_are_taken_in_order_even_after_Close()
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
    public async Task TryTake_waits_until_Close()
    {
        var queue = new RecordQueue(1);
        var taker = Task.Run(() => queue.TryTake(out _));
        Assert.False(taker.IsCompleted);

        queue.Close();
        Assert.False(await taker.WaitAsync(TestTime.Hang));
    }

    [Fact]
    public async Task WaitForRoom_ends_when_half_is_taken_or_closed_or_cancelled()
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
    public void ToCharArray_ReturnsTheTypedText(string text) =>
        Assert.Equal(text, new string(Secret.ToCharArray(new NetworkCredential(string.Empty, text).SecurePassword)));

    private static void Fill(RecordQueue queue)
    {
        while (queue.WaitForRoomAsync(CancellationToken.None).IsCompleted)
        {
            queue.Add(() => { });
        }
    }
}
