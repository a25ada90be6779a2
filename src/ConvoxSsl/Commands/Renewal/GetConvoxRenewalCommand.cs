using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scheduling;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Lists the scheduled renewals of a rack on this machine and, for a Kubernetes rack, in its cluster, with the next run and, if the
/// scheduler records it, the last run and its result.
/// </summary>
/// <remarks>
/// Only jobs that Register-ConvoxRenewal created are listed, and a warning says if several schedulers renew the same rack. A CronJob is
/// read from the namespace of a Kubernetes rack; one that renews a rack in a volume is not listed: use 'kubectl get cronjob'.
/// </remarks>
/// <example>
/// <para>Lists the scheduled renewals of the rack.</para>
/// <code>Get-ConvoxRenewal</code>
/// </example>
/// <example>
/// <para>Shows the cron job of another rack.</para>
/// <code>Get-ConvoxRenewal Cron -Rack /var/lib/convoxssl</code>
/// </example>
/// <example>
/// <para>Shows when the renewals run next, and how the last run ended.</para>
/// <code>Get-ConvoxRenewal | ForEach-Object { "$($_.Scheduler): next run $($_.NextRun), last result $($_.LastResult)" }</code>
/// </example>
/// <example>
/// <para>Schedules renewals if there are none.</para>
/// <code>if (-not (Get-ConvoxRenewal)) { Register-ConvoxRenewal }</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxRenewal", HelpUri = HelpPages.Renewal)]
[OutputType(typeof(ConvoxRenewalSchedule))]
public sealed class GetConvoxRenewalCommand : RenewalScheduleCmdlet
{
    /// <summary>The scheduler. By default all schedulers of this machine and, for a Kubernetes rack, its CronJob.</summary>
    [Parameter(Position = 0)]
    [KnownValues(typeof(ConvoxScheduler))]
    public ConvoxScheduler? Scheduler { get; set; }

    private protected override void ProcessInput()
    {
        var rack = GetRackKey();
        var isInCluster = FindRack().Kind == ConvoxRackKind.Kubernetes;
        var registrations = isInCluster && Scheduler == ConvoxScheduler.CronJob
            ? []
            : Run(ct => Schedulers.FindRegistrationsAsync(Scheduler, rack, ct));
        var cronJob = isInCluster && Scheduler is null or ConvoxScheduler.CronJob ? FindCronJob() : null;
        WarnOfSeveral(rack, null, Scheduler is null ? registrations : null, cronJob is not null);
        foreach (var (scheduler, registration) in registrations)
        {
            WriteObject(Describe(scheduler, registration, ReadRuns(scheduler, registration)));
        }

        if (cronJob is not null)
        {
            WriteObject(cronJob);
        }
    }

    // Without permission to read it, the schedulers of this machine are still listed.
    private ConvoxRenewalSchedule? FindCronJob()
    {
        try
        {
            var rack = OpenRack().Rack;
            return rack.Scheduler is { } scheduler
                ? Run(ct => scheduler.FindAsync(CronJobManifest.GetName(rack.Name), ct))?.ToModel(rack.Name, Now)
                : null;
        }
        catch (EngineException e) when (Scheduler is null)
        {
            WriteWarning($"Cannot read the CronJob of the rack. {ErrorRecords.DescribeFailure(e)}");
            return null;
        }
    }
}
