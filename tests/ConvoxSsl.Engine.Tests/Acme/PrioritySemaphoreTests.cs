using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

public sealed class PrioritySemaphoreTests
{
    [Fact]
    public async Task Enter_FullSemaphore_RunsHigherPriorityFirst()
    {
        var slots = new PrioritySemaphore(1);
        await slots.EnterAsync(RequestPriority.Begin, CancellationToken.None);
        var (gate, finished) = (new object(), new List<string>());
        Task[] all =
        [
            RunAsync("second order", RequestPriority.Begin), RunAsync("third order", RequestPriority.Begin),
            RunAsync("challenge", RequestPriority.Validate), RunAsync("download", RequestPriority.Finish),
        ];
        slots.Leave();
        await Task.WhenAll(all);

        Assert.Equal(["download", "challenge", "second order", "third order"], finished);
        Assert.False(slots.IsFull);

        async Task RunAsync(string request, RequestPriority priority)
        {
            await slots.EnterAsync(priority, CancellationToken.None);
            lock (gate)
            {
                finished.Add(request);
            }

            slots.Leave();
        }
    }

    [Fact]
    public async Task Enter_CanceledInQueue_TakesNoSlot()
    {
        var slots = new PrioritySemaphore(1);
        await slots.EnterAsync(RequestPriority.Begin, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var stopped = slots.EnterAsync(RequestPriority.Finish, stop.Token);
        var next = slots.EnterAsync(RequestPriority.Begin, CancellationToken.None);
        Assert.True(slots.IsFull);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        slots.Leave();
        await next;
        slots.Leave();

        Assert.False(slots.IsFull);
    }
}
