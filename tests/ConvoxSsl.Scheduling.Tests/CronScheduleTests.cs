using System.Globalization;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class CronScheduleTests
{
    // A Wednesday.
    private static readonly DateTimeOffset Now = new(2026, 3, 25, 10, 30, 15, TimeSpan.Zero);

    [Theory]
    [InlineData("17 5,17 * * *", "2026-03-25 17:17")]
    [InlineData("30 10 * * *", "2026-03-26 10:30")]
    [InlineData("31 10 * * *", "2026-03-25 10:31")]
    [InlineData("*/20 * * * *", "2026-03-25 10:40")]
    [InlineData("5-7 * * * ?", "2026-03-25 11:05")]
    [InlineData("50/5 * * * *", "2026-03-25 10:50")]
    [InlineData("0-30/15 9-17 * * *", "2026-03-25 11:00")]
    [InlineData("0 0 1 * *", "2026-04-01 00:00")]
    [InlineData("0 6 * * mon", "2026-03-30 06:00")]
    [InlineData("0 6 * JAN-FEB *", "2027-01-01 06:00")]
    [InlineData("0 6 1 * 5", "2026-03-27 06:00")]
    [InlineData("0 6 31 2 *", null)]
    [InlineData("0 0 29 2 *", "2028-02-29 00:00")]
    [InlineData("@hourly", "2026-03-25 11:00")]
    [InlineData("@daily", "2026-03-26 00:00")]
    [InlineData("@weekly", "2026-03-29 00:00")]
    [InlineData("@monthly", "2026-04-01 00:00")]
    [InlineData("@yearly", "2027-01-01 00:00")]
    public void GetNext_returns_the_first_time_after_now(string schedule, string? expected) => Assert.Equal(
        expected,
        CronSchedule.TryParse(schedule)!.GetNext(Now, TimeZoneInfo.Utc)?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));

    // The clocks go forward at 02:00 on 29 March.
    [Theory]
    [InlineData("30 11 * * *", "2026-03-25T11:31:00+01:00", "2026-03-26T11:30:00+01:00")]
    [InlineData("30 2 * * *", "2026-03-28T03:00:00+01:00", "2026-03-30T02:30:00+02:00")]
    [InlineData("0 3 * * *", "2026-03-28T03:00:00+01:00", "2026-03-29T03:00:00+02:00")]
    public void GetNext_uses_the_time_zone(string schedule, string after, string expected)
    {
        var zone = CronJobTimes.FindZone("Europe/Berlin");
        Assert.NotNull(zone);

        var next = CronSchedule.TryParse(schedule)!.GetNext(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), zone);

        Assert.Equal(expected, next?.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 7")]
    [InlineData("5-4 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/1/2 * * * *")]
    [InlineData(", * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("FOO * * * *")]
    [InlineData("@every 1h")]
    public void TryParse_InvalidExpression_ReturnsNull(string schedule)
    {
        Assert.Null(CronSchedule.TryParse(schedule));
        Assert.Null(CronJobTimes.FindNext(schedule, string.Empty, TimeZoneInfo.Utc, Now));
    }

    [Fact]
    public void A_CronJob_of_the_module_runs_at_its_times_with_seconds()
    {
        Assert.Equal(RenewalTimes.FromTime(5, 17, 23), CronJobTimes.FindTimes("17 5,17 * * *", "Start-Sleep -Seconds 23; x"));
        Assert.Equal(
            new DateTimeOffset(2026, 3, 25, 17, 17, 23, TimeSpan.Zero),
            CronJobTimes.FindNext("17 5,17 * * *", "Start-Sleep -Seconds 23; x", TimeZoneInfo.Utc, Now));
        Assert.Null(CronJobTimes.FindTimes("17 5 * * *", "x"));
    }

    [Theory]
    [InlineData(null, "UTC")]
    [InlineData("Etc/UTC", "Etc/UTC")]
    [InlineData("Mars/Olympus", null)]
    public void FindZone_returns_UTC_by_default_and_null_for_an_unknown_one(string? name, string? expected) =>
        Assert.Equal(expected, CronJobTimes.FindZone(name)?.Id);
}
