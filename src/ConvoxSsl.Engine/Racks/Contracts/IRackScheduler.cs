namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The scheduler of the system that a rack is in, as opposed to one of the user's machine.</summary>
public interface IRackScheduler
{
    /// <summary>Finds a CronJob that renews the rack's certificates; null if there is none of that name.</summary>
    /// <exception cref="EngineException"><c>ClusterForbidden</c>, <c>ClusterUnreachable</c>.</exception>
    Task<RenewalCronJob?> FindAsync(string name, CancellationToken ct);
}

/// <summary>A CronJob in the cluster that renews the certificates of a rack.</summary>
public sealed record RenewalCronJob
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The cron expression.</summary>
    public required string Schedule { get; init; }

    /// <summary>The time zone of the expression; null for that of the cluster's controller, which is UTC in general.</summary>
    public string? TimeZone { get; init; }

    /// <summary>True if the CronJob creates no Jobs at present.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>The script that the container runs.</summary>
    public required string Command { get; init; }

    /// <summary>The time of the last run; null if there was none.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>The result of the last run; null if there was none.</summary>
    public RenewalJobResult? LastResult { get; init; }

    /// <summary>The reason of a failure, such as <c>DeadlineExceeded</c>; null if only the pod knows it.</summary>
    public string? Failure { get; init; }
}

/// <summary>The results of a Job.</summary>
public enum RenewalJobResult
{
    /// <summary>It is running.</summary>
    Running,

    /// <summary>It has completed.</summary>
    Succeeded,

    /// <summary>It has failed, and is not tried again.</summary>
    Failed,
}
