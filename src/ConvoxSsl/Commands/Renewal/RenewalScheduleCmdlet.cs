using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that work on the scheduled renewals of a rack.</summary>
public abstract class RenewalScheduleCmdlet : ConvoxCmdlet
{
    private protected static readonly IReadOnlyList<ConvoxScheduler> LocalSchedulers = OperatingSystem.IsWindows()
        ? [ConvoxScheduler.ScheduledTask]
        : [ConvoxScheduler.Systemd, ConvoxScheduler.Cron];

    /// <summary>
    /// Uses the machine's scheduler instead of the user's: the system's systemd timers, or a Windows task of the SYSTEM account.
    /// This is the default for root.
    /// </summary>
    [Parameter]
    public SwitchParameter System { get; set; }

    private protected bool IsSystemWide => MyInvocation.BoundParameters.ContainsKey(nameof(System))
        ? System
        : !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    private protected override object? Target => Rack?.Name;

    /// <summary>Opens a scheduler of this machine.</summary>
    /// <exception cref="InvalidInputException"><c>NotPrivileged</c>, <c>CronJobNotInstalled</c>.</exception>
    private protected IRenewalScheduler Open(ConvoxScheduler scheduler)
    {
        if (System && !Environment.IsPrivilegedProcess)
        {
            throw new InvalidInputException(
                ErrorCode.NotPrivileged, "Only root or an administrator can change the schedule of the whole machine.");
        }

        var searchPath = Environment.GetEnvironmentVariable("PATH");
        return scheduler switch
        {
            ConvoxScheduler.Systemd => new SystemdScheduler(GetSystemdDirectory(), IsSystemWide, searchPath),
            ConvoxScheduler.Cron => new CronScheduler(Environment.UserName, searchPath),
            ConvoxScheduler.ScheduledTask => new ScheduledTaskScheduler(
                IsSystemWide ? null : $"{Environment.UserDomainName}\\{Environment.UserName}", searchPath),
            _ => throw new InvalidInputException(
                ErrorCode.CronJobNotInstalled, "A CronJob is managed in its cluster, not on this machine.", scheduler),
        };
    }

    private string GetSystemdDirectory() => IsSystemWide
        ? SystemdScheduler.SystemDirectory
        : SystemdScheduler.GetUserDirectory(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME"));

    /// <summary>Returns the key of the rack's scheduled renewals: its directory, or its cluster and namespace.</summary>
    private protected string GetRackKey()
    {
        var rack = FindRack();
        return rack.Kind == ConvoxRackKind.Local ? rack.Location : $"{rack.Location} {rack.Namespace}";
    }

    /// <summary>Finds the scheduled renewals of a rack, with one scheduler or with all of this machine.</summary>
    private protected IReadOnlyList<(ConvoxScheduler Scheduler, RenewalRegistration Registration)> FindRegistrations(
        ConvoxScheduler? only, string rack)
    {
        var registrations = new List<(ConvoxScheduler, RenewalRegistration)>();
        foreach (var scheduler in only is { } one ? [one] : LocalSchedulers)
        {
            try
            {
                if (Run(ct => Open(scheduler).FindAsync(rack, ct)) is { } registration)
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

    private protected static ConvoxRenewalSchedule Describe(ConvoxScheduler scheduler, RenewalRegistration registration) => new()
    {
        Scheduler = scheduler,
        Rack = registration.Rack,
        Times = registration.Times is { } times ? [times.First.ToTimeSpan(), times.Second.ToTimeSpan()] : [],
        Location = registration.Location,
        Command = registration.Command,
    };
}
