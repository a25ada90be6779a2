using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

public sealed class RequestSlotsTests
{
    [Fact]
    public async Task What_is_begun_is_finished_before_more_is_begun()
    {
        var slots = new RequestSlots(1);
        await slots.EnterAsync(ExchangeRank.Begin, CancellationToken.None);
        var (order, went) = (new object(), new List<string>());
        Task[] all =
        [
            RunAsync("second order", ExchangeRank.Begin), RunAsync("third order", ExchangeRank.Begin),
            RunAsync("challenge", ExchangeRank.Prove), RunAsync("download", ExchangeRank.Finish),
        ];
        slots.Leave();
        await Task.WhenAll(all);

        Assert.Equal(["download", "challenge", "second order", "third order"], went);
        Assert.False(slots.IsBusy);

        async Task RunAsync(string what, ExchangeRank rank)
        {
            await slots.EnterAsync(rank, CancellationToken.None);
            lock (order)
            {
                went.Add(what);
            }

            slots.Leave();
        }
    }

    [Fact]
    public async Task One_that_is_stopped_while_it_waits_takes_no_slot()
    {
        var slots = new RequestSlots(1);
        await slots.EnterAsync(ExchangeRank.Begin, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var stopped = slots.EnterAsync(ExchangeRank.Finish, stop.Token);
        var next = slots.EnterAsync(ExchangeRank.Begin, CancellationToken.None);
        Assert.True(slots.IsBusy);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        slots.Leave();
        await next;
        slots.Leave();

        Assert.False(slots.IsBusy);
    }
}
