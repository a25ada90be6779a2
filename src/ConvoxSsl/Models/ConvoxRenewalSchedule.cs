namespace ConvoxSsl;

/// <summary>A scheduled job that renews the certificates of a rack twice a day.</summary>
public sealed record ConvoxRenewalSchedule
{
    /// <summary>The scheduler.</summary>
    public required ConvoxScheduler Scheduler { get; init; }

    /// <summary>The location of the rack.</summary>
    public required string Rack { get; init; }

    /// <summary>The times of day; empty if the job was edited to run at other times.</summary>
    public required IReadOnlyList<TimeSpan> Times { get; init; }

    /// <summary>The timer, crontab, task or manifest that defines the job.</summary>
    public required string Location { get; init; }

    /// <summary>The command, in the scheduler's syntax.</summary>
    public required string Command { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Location;
}

/// <summary>The schedulers.</summary>
public enum ConvoxScheduler
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
