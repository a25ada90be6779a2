using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Tests.Http;

public sealed class RetryDelayTests
{
    private static readonly RetryPolicy Policy = new()
    {
        MaxRetries = 3,
        FirstDelay = TimeSpan.FromSeconds(1),
        MaxRetryAfter = TimeSpan.FromSeconds(30),
    };

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void Next_NoRetryAfter_DoublesWithJitterUpToMaxRetries()
    {
        var delay = Create(Policy);

        Assert.InRange(delay.Next(null)!.Value.TotalSeconds, 0.5, 1.5);
        Assert.InRange(delay.Next(null)!.Value.TotalSeconds, 1, 3);
        Assert.InRange(delay.Next(null)!.Value.TotalSeconds, 2, 6);
        Assert.Null(delay.Next(null));
        Assert.Equal(3, delay.Retries);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(30, 30)]
    [InlineData(-5, 0)]
    public void Next_RetryAfter_IsObeyed(int retryAfter, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), Create(Policy).Next(Now.AddSeconds(retryAfter)));

    [Fact]
    public void Next_RetryAfterAboveMax_GivesUpOrIsCapped()
    {
        var delay = Create(Policy);

        Assert.Null(delay.Next(Now.AddSeconds(31)));
        Assert.Equal(0, delay.Retries);
        Assert.Equal(TimeSpan.FromSeconds(30), Create(Policy with { CapsRetryAfter = true }).Next(Now.AddSeconds(31)));
    }

    [Fact]
    public void Next_TotalAboveMax_GivesUp()
    {
        var delay = Create(Policy with { MaxTotalDelay = TimeSpan.FromSeconds(10) });

        Assert.Equal(TimeSpan.FromSeconds(6), delay.Next(Now.AddSeconds(6)));
        Assert.Null(delay.Next(Now.AddSeconds(5)));
    }

    private static RetryDelay Create(RetryPolicy policy) => new(policy, new StoppedClock());

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
