using System.Management.Automation;
using ConvoxSsl.Loading;
using ConvoxSsl.Scheduling;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Schedules Update-ConvoxCertificate twice a day, at times that differ between machines and racks, with a systemd timer, cron, the
/// Windows Task Scheduler, or a Kubernetes CronJob, whose manifest it writes. A second registration keeps the times.
/// </summary>
/// <remarks>Run it once for each rack, as the user that owns the rack. <c>-WhatIf</c> shows the scheduler and the times.</remarks>
/// <returns>The manifest of the CronJob, in YAML.</returns>
/// <example>
/// <para>Renews due certificates of the rack twice a day.</para>
/// <code>Register-ConvoxRenewal</code>
/// </example>
/// <example>
/// <para>Renews due certificates of the rack in a directory with cron.</para>
/// <code>Register-ConvoxRenewal Cron -Rack /var/lib/convoxssl</code>
/// </example>
/// <example>
/// <para>Writes the manifest of a CronJob for a deployment pipeline.</para>
/// <code>
/// Register-ConvoxRenewal -Image registry.example.org/convoxssl:1 -VolumeClaim rack -Namespace web -OutFile ./renewal.yaml
/// </code>
/// </example>
[Cmdlet(
    VerbsLifecycle.Register, "ConvoxRenewal", SupportsShouldProcess = true, DefaultParameterSetName = MachineSet,
    HelpUri = HelpPages.Renewal)]
[OutputType(typeof(ConvoxRenewalSchedule))]
[OutputType(typeof(string), ParameterSetName = [CronJobSet])]
public sealed partial class RegisterConvoxRenewalCommand : RenewalScheduleCmdlet
{
    private const string MachineSet = "Machine";
    private const string CronJobSet = "CronJob";

    /// <summary>
    /// The scheduler. By default the Task Scheduler on Windows; on other systems systemd, or cron if systemd does not run for the
    /// user.
    /// </summary>
    [Parameter(Position = 0)]
    [KnownValues(typeof(ConvoxScheduler))]
    public ConvoxScheduler? Scheduler { get; set; }

    /// <summary>The path of pwsh. By default the running one, then the first in PATH; in a CronJob, the one of the image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PowerShellPath { get; set; }

    /// <summary>CronJob: a container image with PowerShell and this module.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CronJobSet)]
    public string Image { get; set; } = string.Empty;

    /// <summary>CronJob on a local rack: the PersistentVolumeClaim to mount at -Rack. The rack is in its directory "rack".</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? VolumeClaim { get; set; }

    /// <summary>CronJob: its namespace. By default the namespace of a Kubernetes rack, else <c>default</c>.</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>
    /// CronJob: the ServiceAccount of its pods, which identifies them to a cloud and, on a Kubernetes rack, to the API server. By
    /// default <c>convoxssl</c> on a Kubernetes rack.
    /// </summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccount { get; set; }

    /// <summary>CronJob: the file for the manifest. By default the manifest is written to the pipeline.</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    private protected override void ProcessInput()
    {
        var isCronJob = ParameterSetName == CronJobSet;
        MachineSchedulers.RequireMatch(Scheduler, isCronJob);
        if (isCronJob)
        {
            WriteManifest();
        }
        else
        {
            Register();
        }
    }

    private void Register()
    {
        var description = FindRack();
        var rack = GetRackKey();
        var pwsh = PowerShellProgram.Choose(PowerShellPath, GetUnresolvedProviderPathFromPSPath);
        var command = new RenewalCommand(pwsh, ModuleLocation.Find(), rack, GetCluster(description));
        var kind = Scheduler ?? Run(Schedulers.FindAvailableAsync);
        var scheduler = Schedulers.Open(kind);
        var times = Run(ct => scheduler.FindAsync(rack, ct))?.Times ?? RenewalTimes.Choose(rack);
        if (IsWhatIf)
        {
            Run(ct => Schedulers.RequireUsableAsync(kind, rack, ct));
        }

        WriteVerbose($"Command: {command.PowerShell} -NoProfile -NonInteractive -Command {command.Script}");
        if (!ConfirmAction(scheduler.GetLocation(rack), $"Schedule renewals for rack '{rack}' at {DescribeTimes(times)}"))
        {
            return;
        }

        var registration = Run(ct => scheduler.RegisterAsync(command, times, ct));
        WarnOfConditions(kind, description);
        WarnOfSeveral(rack, kind);
        WriteObject(Describe(kind, registration, ReadRuns(kind, registration)));
    }
}
