using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>The times of a CronJob in a cluster.</summary>
public static partial class CronJobTimes
{
    /// <summary>Finds the times of day of a CronJob; null if it was edited by hand.</summary>
    /// <param name="schedule">The cron expression.</param>
    /// <param name="command">The command, which can begin with a delay.</param>
    public static RenewalTimes? FindTimes(string schedule, string command) =>
        RenewalTimes.FromMatch(TwiceADay().Match(schedule), command);

    /// <summary>Finds the time zone of a CronJob: UTC if it names none; null if this machine does not know it.</summary>
    /// <param name="name">The name in its specification, or null.</param>
    public static TimeZoneInfo? FindZone(string? name) =>
        name is null ? TimeZoneInfo.Utc : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>Finds the next run of a CronJob; null if its expression is not valid, or has no next time.</summary>
    /// <param name="schedule">The cron expression.</param>
    /// <param name="command">The command.</param>
    /// <param name="zone">The time zone of the expression.</param>
    /// <param name="now">The current time.</param>
    public static DateTimeOffset? FindNext(string schedule, string command, TimeZoneInfo zone, DateTimeOffset now) =>
        FindTimes(schedule, command)?.GetNext(now, zone) ?? CronSchedule.TryParse(schedule)?.GetNext(now, zone);

    [GeneratedRegex(@"^(?<minute>[0-9]+) (?<hour>[0-9]+),[0-9]+ \* \* \*$")]
    private static partial Regex TwiceADay();
}
