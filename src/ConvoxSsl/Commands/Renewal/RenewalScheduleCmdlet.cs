using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that works on the registrations of a rack's renewals with this machine's schedulers.</summary>
public abstract class RenewalScheduleCmdlet : ConvoxCmdlet
{
    private protected static readonly IReadOnlyList<ConvoxScheduler> LocalSchedulers = OperatingSystem.IsWindows()
        ? [ConvoxScheduler.ScheduledTask]
        : [ConvoxScheduler.Systemd, ConvoxScheduler.Cron];

    /// <summary>
    /// For the machine instead of for the user: the system's systemd timers, or a Windows task of the system account. It is
    /// the default for root.
    /// </summary>
    [Parameter]
    public SwitchParameter System { get; set; }

    private protected bool IsSystemWide => MyInvocation.BoundParameters.ContainsKey(nameof(System))
        ? System
        : !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    private protected override object? Target => Rack?.Name;

    /// <summary>A scheduler of this machine.</summary>
    /// <exception cref="InvalidInputException"><c>NotPrivileged</c>, <c>CronJobNotInstalled</c>.</exception>
    private protected IRenewalScheduler Open(ConvoxScheduler scheduler)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        if (System && !Environment.IsPrivilegedProcess)
        {
            throw new InvalidInputException(ErrorCode.NotPrivileged, "-System changes what the whole machine runs, which only root or an administrator may. Run PowerShell as one, or leave it out.");
        }

        return scheduler switch
        {
            ConvoxScheduler.Systemd when IsSystemWide => new SystemdScheduler(SystemdScheduler.SystemDirectory, system: true, searchPath),
            ConvoxScheduler.Systemd => new SystemdScheduler(SystemdScheduler.GetUserDirectory(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME")), system: false, searchPath),
            ConvoxScheduler.Cron => new CronScheduler(Environment.UserName, searchPath),
            ConvoxScheduler.ScheduledTask => new ScheduledTaskScheduler(IsSystemWide ? null : $"{Environment.UserDomainName}\\{Environment.UserName}", searchPath),
            _ => throw new InvalidInputException(
                ErrorCode.CronJobNotInstalled, "A CronJob is in its cluster and not on this machine. See it with 'kubectl get cronjob', and remove it with 'kubectl delete' and its manifest.", scheduler),
        };
    }

    /// <summary>What a rack's registrations are known by: its directory, or its cluster and namespace.</summary>
    private protected string GetRackKey() => FindRack() is var rack && rack.Kind == ConvoxRackKind.Local ? rack.Location : $"{rack.Location} {rack.Namespace}";

    /// <summary>A rack's registrations, with one scheduler or with whichever this machine has.</summary>
    private protected IReadOnlyList<(ConvoxScheduler Scheduler, RenewalRegistration Registration)> FindRegistrations(ConvoxScheduler? only, string rack)
    {
        var found = new List<(ConvoxScheduler, RenewalRegistration)>();
        foreach (var scheduler in only is { } one ? [one] : LocalSchedulers)
        {
            try
            {
                if (Run(ct => Open(scheduler).FindAsync(rack, ct)) is { } registration)
                {
                    found.Add((scheduler, registration));
                }
            }
            catch (EngineException e) when (only is null && e.Code == ErrorCode.SchedulerNotFound)
            {
                // What is not installed has no registration.
            }
        }

        return found;
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
