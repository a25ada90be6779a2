using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Storage;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <summary>The schedulers of this machine.</summary>
/// <param name="requiresRoot">True if the user asked for the machine's schedulers.</param>
/// <param name="isSystemWide">True for the machine's schedulers, false for the user's.</param>
internal sealed class MachineSchedulers(bool requiresRoot, bool isSystemWide)
{
    private static readonly IReadOnlyList<ConvoxScheduler> Local = OperatingSystem.IsWindows()
        ? [ConvoxScheduler.ScheduledTask]
        : [ConvoxScheduler.Systemd, ConvoxScheduler.Cron];

    /// <summary>Verifies that a scheduler fits the parameters that were given with it.</summary>
    /// <param name="scheduler">The scheduler that the user named, or null.</param>
    /// <param name="isCronJob">True if the parameters describe a CronJob.</param>
    /// <exception cref="InvalidInputException"><c>ImageNeeded</c>, <c>NoCronJob</c>.</exception>
    public static void RequireMatch(ConvoxScheduler? scheduler, bool isCronJob)
    {
        if (!isCronJob && scheduler == ConvoxScheduler.CronJob)
        {
            throw new InvalidInputException(
                ErrorCode.ImageNeeded, "A CronJob requires an image with PowerShell and the module.", scheduler);
        }

        if (isCronJob && scheduler is not (null or ConvoxScheduler.CronJob))
        {
            throw new InvalidInputException(
                ErrorCode.NoCronJob, $"The parameters for a CronJob cannot be used with the scheduler {scheduler}.", scheduler);
        }
    }

    /// <summary>Opens a scheduler.</summary>
    /// <exception cref="InvalidInputException"><c>NotPrivileged</c>, <c>CronJobNotInstalled</c>.</exception>
    public IRenewalScheduler Open(ConvoxScheduler scheduler)
    {
        if (requiresRoot && !Environment.IsPrivilegedProcess)
        {
            throw new InvalidInputException(
                ErrorCode.NotPrivileged, "Only root or an administrator can change the schedule of the whole machine.");
        }

        var searchPath = Environment.GetEnvironmentVariable("PATH");
        return scheduler switch
        {
            ConvoxScheduler.Systemd => new SystemdScheduler(GetSystemdDirectory(), isSystemWide, searchPath),
            ConvoxScheduler.Cron => new CronScheduler(Environment.UserName, searchPath),
            ConvoxScheduler.ScheduledTask => new ScheduledTaskScheduler(
                isSystemWide ? null : $"{Environment.UserDomainName}\\{Environment.UserName}", searchPath),
            _ => throw new InvalidInputException(
                ErrorCode.CronJobNotInstalled, "A CronJob is managed in its cluster, not on this machine.", scheduler),
        };
    }

    /// <summary>Finds the first scheduler that works for this user.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>.</exception>
    public async Task<ConvoxScheduler> FindAvailableAsync(CancellationToken ct)
    {
        foreach (var scheduler in Local)
        {
            if (await Open(scheduler).IsAvailableAsync(ct))
            {
                return scheduler;
            }
        }

        throw new EngineException(
            ErrorCode.SchedulerNotFound, EngineErrorKind.NotFound, $"Cannot use {string.Join(" or ", Local)} as this user.");
    }

    /// <summary>Checks as far as possible that a scheduler can register the renewals of a rack, and changes nothing.</summary>
    /// <exception cref="EngineException"><c>SchedulerNotFound</c>.</exception>
    /// <exception cref="UnauthorizedAccessException">This user cannot write to the directory of the unit files.</exception>
    /// <exception cref="IOException">The directory of the unit files cannot be created.</exception>
    public async Task RequireUsableAsync(ConvoxScheduler kind, string rack, CancellationToken ct)
    {
        var scheduler = Open(kind);
        if (!await scheduler.IsAvailableAsync(ct))
        {
            throw new EngineException(ErrorCode.SchedulerNotFound, EngineErrorKind.NotFound, $"Cannot use {kind} as this user.");
        }

        if (kind == ConvoxScheduler.Systemd)
        {
            WritablePath.RequireDirectory(Path.GetDirectoryName(scheduler.GetLocation(rack))!);
        }
    }

    /// <summary>Finds the scheduled renewals of a rack.</summary>
    /// <param name="only">The scheduler to search; null for all.</param>
    /// <param name="rack">The key of the rack.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<IReadOnlyList<(ConvoxScheduler Scheduler, RenewalRegistration Registration)>> FindRegistrationsAsync(
        ConvoxScheduler? only, string rack, CancellationToken ct)
    {
        var registrations = new List<(ConvoxScheduler, RenewalRegistration)>();
        foreach (var scheduler in Select(only))
        {
            try
            {
                if (await Open(scheduler).FindAsync(rack, ct) is { } registration)
                {
                    registrations.Add((scheduler, registration));
                }
            }
            catch (EngineException e) when (only is null && e.Code == ErrorCode.SchedulerNotFound)
            {
                // A scheduler that is not installed has no jobs.
            }
        }

        return registrations;
    }

    /// <summary>Returns the locations that the scheduled renewals of a rack would have.</summary>
    /// <param name="only">The scheduler; null for all.</param>
    /// <param name="rack">The key of the rack.</param>
    public IEnumerable<string> GetLocations(ConvoxScheduler? only, string rack) =>
        Select(only).Select(scheduler => Open(scheduler).GetLocation(rack));

    private static IReadOnlyList<ConvoxScheduler> Select(ConvoxScheduler? only) => only is { } one ? [one] : Local;

    private string GetSystemdDirectory() => isSystemWide
        ? SystemdScheduler.SystemDirectory
        : SystemdScheduler.GetUserDirectory(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME"));
}
