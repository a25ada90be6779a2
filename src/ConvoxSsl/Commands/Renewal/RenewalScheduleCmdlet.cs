using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that work on the scheduled renewals of a rack.</summary>
public abstract class RenewalScheduleCmdlet : ConvoxCmdlet
{
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

    /// <summary>The schedulers of this machine.</summary>
    private protected MachineSchedulers Schedulers => new(System, IsSystemWide);

    /// <summary>Returns the key of the rack's scheduled renewals: its directory, or its cluster and namespace.</summary>
    private protected string GetRackKey()
    {
        var rack = FindRack();
        return rack.Kind == ConvoxRackKind.Local ? rack.Location : $"{rack.Location} {rack.Namespace}";
    }

    /// <summary>
    /// Returns the directory of a container at which the volume of a rack is mounted: as written, because resolving it on Windows would
    /// add a drive letter.
    /// </summary>
    private protected string GetContainerDirectory(ConvoxRack rack) =>
        Rack is { IsReference: true } reference && reference.Name.StartsWith('/') ? reference.Name : rack.Location;

    /// <summary>Returns the Kubernetes rack to connect to; null for a local rack.</summary>
    private protected static RackReference? GetCluster(ConvoxRack rack) =>
        rack.Kind == ConvoxRackKind.Local ? null : new RackReference(rack.Name, rack.Namespace!, rack.KubeConfig, rack.Context);

    /// <summary>Warns of conditions under which a new registration would not run as expected.</summary>
    private protected void WarnOfConditions(ConvoxScheduler registered, ConvoxRack rack)
    {
        foreach (var warning in ScheduleWarnings.Find(registered, IsSystemWide, rack))
        {
            WriteWarning(warning);
        }

        if (rack.Kind == ConvoxRackKind.Local && Directory.Exists(rack.Location))
        {
            WarnOfServices();
        }
    }

    // A rack that cannot be read has an error of its own when it is renewed.
    private void WarnOfServices()
    {
        try
        {
            var session = OpenRack();
            var targets = Run(session.Rack.Targets.ListAsync);
            var isPrivileged = IsSystemWide || Environment.IsPrivilegedProcess;
            if (ScheduleWarnings.FindServices(targets, session.Engine.Targets.Machine, isPrivileged) is { } warning)
            {
                WriteWarning(warning);
            }
        }
        catch (EngineException e)
        {
            WriteVerbose(e.Message);
        }
    }

    /// <summary>Warns if more than one scheduler renews the rack.</summary>
    /// <param name="rack">The key of the rack.</param>
    /// <param name="wanted">The scheduler that the user has chosen, or null.</param>
    /// <param name="known">The registrations of all schedulers, if the caller has read them.</param>
    /// <param name="hasCronJob">True if a CronJob in the rack's cluster renews it too.</param>
    private protected void WarnOfSeveral(
        string rack,
        ConvoxScheduler? wanted,
        IReadOnlyList<(ConvoxScheduler Scheduler, RenewalRegistration Registration)>? known = null,
        bool hasCronJob = false)
    {
        try
        {
            var registrations = known ?? Run(ct => Schedulers.FindRegistrationsAsync(null, rack, ct));
            IReadOnlyList<ConvoxScheduler> schedulers =
                [.. registrations.Select(r => r.Scheduler), .. hasCronJob ? [ConvoxScheduler.CronJob] : Array.Empty<ConvoxScheduler>()];
            if (ScheduleWarnings.FindSeveral(schedulers, FindRack().Name, wanted) is { } warning)
            {
                WriteWarning(warning);
            }
        }
        catch (EngineException e)
        {
            // The command has done its work without this scheduler.
            WriteVerbose(e.Message);
        }
    }

    /// <summary>Reads the runs of a registration; empty ones if its scheduler cannot be queried.</summary>
    private protected RenewalRuns ReadRuns(ConvoxScheduler scheduler, RenewalRegistration registration)
    {
        try
        {
            return Run(ct => Schedulers.Open(scheduler).ReadRunsAsync(registration, TimeProvider.System, ct));
        }
        catch (EngineException e)
        {
            WriteVerbose(e.Message);
            return new RenewalRuns();
        }
    }

    /// <summary>Describes times for a confirmation.</summary>
    private protected static string DescribeTimes(RenewalTimes times)
    {
        var offset = TimeProvider.System.GetLocalNow().ToString("zzz", CultureInfo.InvariantCulture);
        return $"{times} in the time zone of this machine (UTC{offset})";
    }

    private protected static ConvoxRenewalSchedule Describe(
        ConvoxScheduler scheduler, RenewalRegistration registration, RenewalRuns runs) => new()
    {
        Scheduler = scheduler,
        Rack = registration.Rack,
        Times = registration.Times is { } times ? [times.First.ToTimeSpan(), times.Second.ToTimeSpan()] : [],
        NextRun = runs.Next,
        LastRun = runs.Last,
        LastResult = runs.Result,
        Location = registration.Location,
        Command = registration.Command,
    };
}
