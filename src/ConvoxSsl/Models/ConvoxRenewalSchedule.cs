namespace ConvoxSsl;

/// <summary>A registration by which the renewals of a rack run twice a day.</summary>
public sealed record ConvoxRenewalSchedule
{
    /// <summary>What runs them.</summary>
    public required ConvoxScheduler Scheduler { get; init; }

    /// <summary>The rack's location.</summary>
    public required string Rack { get; init; }

    /// <summary>The times of day; none where somebody has changed the registration to times of their own.</summary>
    public required IReadOnlyList<TimeSpan> Times { get; init; }

    /// <summary>The timer, crontab, task or manifest that holds it.</summary>
    public required string Location { get; init; }

    /// <summary>What is run, in the scheduler's own writing.</summary>
    public required string Command { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Location;
}

/// <summary>What runs renewals.</summary>
public enum ConvoxScheduler
{
    /// <summary>A systemd timer.</summary>
    Systemd,

    /// <summary>A line of the user's crontab.</summary>
    Cron,

    /// <summary>A task of the Windows Task Scheduler.</summary>
    ScheduledTask,

    /// <summary>A CronJob of a Kubernetes cluster.</summary>
    CronJob,
}
