using System.Management.Automation;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Lists the scheduled renewals of a rack on this machine, with the next run and, if the scheduler records it, the last run and its
/// result.
/// </summary>
/// <remarks>
/// Only jobs that Register-ConvoxRenewal created are listed, and a warning says if several schedulers renew the same rack. A CronJob is
/// managed in its cluster and not listed: use 'kubectl get cronjob'.
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
    /// <summary>The scheduler. By default all schedulers of this machine.</summary>
    [Parameter(Position = 0)]
    [KnownValues(typeof(ConvoxScheduler))]
    public ConvoxScheduler? Scheduler { get; set; }

    private protected override void ProcessInput()
    {
        var rack = GetRackKey();
        var registrations = Run(ct => Schedulers.FindRegistrationsAsync(Scheduler, rack, ct));
        WarnOfSeveral(rack, null, Scheduler is null ? registrations : null);
        foreach (var (scheduler, registration) in registrations)
        {
            WriteObject(Describe(scheduler, registration, ReadRuns(scheduler, registration)));
        }
    }
}
