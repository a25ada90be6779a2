using System.Globalization;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class RenewalTimesTests
{
    [Fact]
    public void Chosen_times_are_twelve_hours_apart_and_not_at_full_hours()
    {
        var chosen = Enumerable.Range(0, 5000).Select(number => RenewalTimes.FromSeed($"machine {number}")).ToArray();

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

    [Fact]
    public void Chosen_times_are_the_same_for_a_rack_and_differ_between_racks()
    {
        Assert.Equal(RenewalTimes.Choose("/srv/rack"), RenewalTimes.Choose("/srv/rack"));
        Assert.NotEqual(RenewalTimes.Choose("/srv/rack"), RenewalTimes.Choose("/srv/other"));
    }

    [Theory]
    [InlineData("2026-11-30T04:00:00Z", "2026-11-30T05:17:23+01:00")]
    [InlineData("2026-11-30T04:17:23Z", "2026-11-30T17:17:23+01:00")]
    [InlineData("2026-11-30T23:30:00Z", "2026-12-01T05:17:23+01:00")]
    [InlineData("2026-03-29T00:59:00Z", "2026-03-29T05:17:23+02:00")]
    public void The_next_time_is_in_the_time_zone_of_the_machine(string now, string expected)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var next = RenewalTimes.FromTime(5, 17, 23)!.GetNext(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture), zone);

        Assert.Equal(expected, next.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(5, 0, 1)]
    [InlineData(24, 5, 1)]
    [InlineData(5, 60, 1)]
    [InlineData(5, 5, 60)]
    public void Times_at_full_hours_are_rejected(int hour, int minute, int second) =>
        Assert.Null(RenewalTimes.FromTime(hour, minute, second));
}
