using System.Globalization;

namespace ConvoxSsl;

/// <summary>A scheduled job that renews the certificates of a rack twice a day.</summary>
public sealed record ConvoxRenewalSchedule
{
    /// <summary>The scheduler.</summary>
    public required ConvoxScheduler Scheduler { get; init; }

    /// <summary>The location of the rack.</summary>
    public required string Rack { get; init; }

    /// <summary>The times of day. JSON would have all properties of each <c>TimeSpan</c>.</summary>
    internal IReadOnlyList<TimeSpan> Times { get; init => field = JoinedList<TimeSpan>.From(value); } = [];

    /// <summary>The times of day, such as <c>03:17:42</c>; empty if the job was edited to run at other times.</summary>
    public IReadOnlyList<string> TimesOfDay =>
        JoinedList<string>.From([.. Times.Select(time => time.ToString("c", CultureInfo.InvariantCulture))]);

    /// <summary>The time of the next run, in the time zone of the scheduler; empty if it is unknown.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>The time of the last run; empty if there was none, or the scheduler does not record it.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>
    /// The result of the last run: <c>Succeeded</c>, <c>Running</c>, or the failure; empty if the scheduler does not record it.
    /// </summary>
    public string? LastResult { get; init; }

    /// <summary>The timer, crontab, task or manifest that defines the job.</summary>
    public required string Location { get; init; }

    /// <summary>The command, in the scheduler's syntax.</summary>
    public required string Command { get; init; }

    /// <summary>
    /// Returns the times of day. PowerShell also shows them as the property <c>Times</c>, which tables, CSV and JSON do not include.
    /// </summary>
    public IReadOnlyList<TimeSpan> GetTimes() => Times;

    /// <inheritdoc/>
    public override string ToString() => Location;
}

/// <summary>The schedulers.</summary>
public enum ConvoxScheduler : long
{
    /// <summary>A systemd timer.</summary>
    Systemd,

    /// <summary>A line in the user's crontab.</summary>
    Cron,

    /// <summary>A task of the Windows Task Scheduler.</summary>
    ScheduledTask,

    /// <summary>A CronJob in a Kubernetes cluster.</summary>
    CronJob,
}
