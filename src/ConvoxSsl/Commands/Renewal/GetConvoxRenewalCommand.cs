using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
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
/// Only jobs that Register-ConvoxRenewal created are listed, and a warning says if several schedulers renew the same rack. The CronJob of
/// a Kubernetes rack is read from the rack's namespace. The CronJob of a rack in a volume can be in any cluster: name its namespace with
/// <c>-Namespace</c>, and the directory of the rack in the container with <c>-Rack</c>.
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
/// <para>Shows the CronJob of a rack in a volume, as it was registered with the same directory and namespace.</para>
/// <code>Get-ConvoxRenewal CronJob -Rack /var/lib/convoxssl -Namespace web</code>
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

    /// <summary>
    /// The namespace of the CronJob. By default that of a Kubernetes rack; the CronJob of a rack in a volume is listed only if you name its
    /// namespace.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>The kubeconfig file for the CronJob of a rack in a volume. By default the one that Connect-ConvoxRack would use.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>The kubeconfig context for the CronJob of a rack in a volume. By default the current one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(KubeConfigCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    private protected override void ProcessInput()
    {
        var rack = GetRackKey();
        var isInCluster = Namespace is not null || FindRack().Kind == ConvoxRackKind.Kubernetes;
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
        var rack = FindRack();
        var isLocal = rack.Kind == ConvoxRackKind.Local;
        var directory = isLocal ? GetContainerDirectory(rack) : null;
        try
        {
            var cluster = isLocal ? DescribeCluster() : rack with { Namespace = Namespace ?? rack.Namespace };
            var cronJob = Run(ct => FindCronJobAsync(cluster, CronJobManifest.GetName(directory ?? rack.Name), ct));
            return cronJob?.ToModel(directory is null ? rack.Name : CronJobManifest.GetVolumeRack(directory), Now);
        }
        catch (EngineException e) when (Scheduler is null && Namespace is null)
        {
            WriteWarning($"Cannot read the CronJob of the rack. {ErrorRecords.DescribeFailure(e)}");
            return null;
        }
    }

    // The name does not matter: only the CronJob is read.
    private ConvoxRack DescribeCluster() => new()
    {
        Name = "rack",
        Kind = ConvoxRackKind.Kubernetes,
        Location = string.Empty,
        Namespace = Namespace,
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Context = Context,
    };

    private async Task<RenewalCronJob?> FindCronJobAsync(ConvoxRack cluster, string name, CancellationToken ct)
    {
        var opened = await CompositionRoot.OpenAsync(cluster, WriteDebug, ct);
        using (opened as IDisposable)
        {
            return opened.Scheduler is { } scheduler ? await scheduler.FindAsync(name, ct) : null;
        }
    }
}
