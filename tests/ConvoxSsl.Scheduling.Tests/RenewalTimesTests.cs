namespace ConvoxSsl.Scheduling.Tests;

public sealed class RenewalTimesTests
{
    [Fact]
    public void Random_times_are_twelve_hours_apart_and_not_at_full_hours()
    {
        var chosen = Enumerable.Range(0, 5000).Select(_ => RenewalTimes.Choose()).ToArray();

        Assert.All(chosen, times =>
        {
            Assert.InRange(times.First.Hour, 0, 11);
            Assert.InRange(times.First.Minute, 1, 59);
            Assert.InRange(times.First.Second, 1, 59);
            Assert.Equal(TimeSpan.FromHours(12), times.Second - times.First);
        });
        Assert.Equal(59, chosen.Select(times => times.First.Minute).Distinct().Count());
        Assert.Equal(12, chosen.Select(times => times.First.Hour).Distinct().Count());
    }

    [Theory]
    [InlineData(5, 0, 1)]
    [InlineData(24, 5, 1)]
    [InlineData(5, 60, 1)]
    [InlineData(5, 5, 60)]
    public void Times_at_full_hours_are_rejected(int hour, int minute, int second) =>
        Assert.Null(RenewalTimes.FromTime(hour, minute, second));
}
