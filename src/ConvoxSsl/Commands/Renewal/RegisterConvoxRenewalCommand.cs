using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Loading;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <summary>
/// Lets a scheduler run Update-ConvoxCertificate twice a day, at a random minute: a systemd timer, cron, the Windows Task
/// Scheduler, or a Kubernetes CronJob, whose manifest it writes. Registering again keeps the minute.
/// </summary>
/// <returns>The manifest of the CronJob, in YAML.</returns>
/// <example>
/// <code>
/// Register-ConvoxRenewal
/// </code>
/// Has what is due renewed twice a day.
/// </example>
/// <example>
/// <code>
/// Register-ConvoxRenewal Cron -Rack /var/lib/convoxssl
/// </code>
/// Does so by cron, for the rack in that directory.
/// </example>
/// <example>
/// <code>
/// Register-ConvoxRenewal -Image registry.example.org/convoxssl:1 -VolumeClaim rack -Namespace web -OutFile ./renewal.yaml
/// </code>
/// Writes the manifest of a CronJob, for a pipeline that applies it.
/// </example>
[Cmdlet(VerbsLifecycle.Register, "ConvoxRenewal", SupportsShouldProcess = true, DefaultParameterSetName = MachineSet)]
[OutputType(typeof(ConvoxRenewalSchedule))]
[OutputType(typeof(string), ParameterSetName = [CronJobSet])]
public sealed class RegisterConvoxRenewalCommand : RenewalScheduleCmdlet
{
    private const string MachineSet = "Machine";
    private const string CronJobSet = "CronJob";
    private const string Lingering = "/var/lib/systemd/linger";

    /// <summary>
    /// The scheduler. By default the Task Scheduler on Windows; elsewhere systemd, or cron where systemd does not run for
    /// this user.
    /// </summary>
    [Parameter(Position = 0)]
    public ConvoxScheduler? Scheduler { get; set; }

    /// <summary>The pwsh that is run. By default the one that runs this, else the first on the PATH; in a CronJob, that of the image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PowerShellPath { get; set; }

    /// <summary>For a CronJob: a container image that holds PowerShell and this module.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CronJobSet)]
    public string Image { get; set; } = string.Empty;

    /// <summary>For a CronJob on a local rack: the PersistentVolumeClaim that is mounted as the rack's directory.</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? VolumeClaim { get; set; }

    /// <summary>For a CronJob: its namespace. Default: that of a rack in the cluster, else <c>default</c>.</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>
    /// For a CronJob: the ServiceAccount of its pods, by which a cloud and, for a rack in the cluster, the API server know
    /// them. Default for such a rack: <c>convoxssl</c>.
    /// </summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? ServiceAccount { get; set; }

    /// <summary>For a CronJob: the file for its manifest. Without it, the manifest is the output.</summary>
    [Parameter(ParameterSetName = CronJobSet)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    private protected override void ProcessInput()
    {
        if (ParameterSetName == CronJobSet)
        {
            WriteManifest();
            return;
        }

        if (Scheduler == ConvoxScheduler.CronJob)
        {
            throw new InvalidInputException(ErrorCode.ImageNeeded, "A CronJob needs an image with PowerShell and the module, and for a local rack a volume. Give -Image and -VolumeClaim.", Scheduler);
        }

        Register();
    }

    private void Register()
    {
        var description = FindRack();
        var rack = GetRackKey();
        var command = new RenewalCommand(FindPowerShell(), ModuleDirectory(), rack, Cluster(description));
        var kind = Scheduler ?? FindScheduler();
        var scheduler = Open(kind);
        var times = Run(ct => scheduler.FindAsync(rack, ct))?.Times ?? RenewalTimes.Choose();
        WriteVerbose($"It runs: {command.PowerShell} -NoProfile -NonInteractive -Command {command.Script}");
        if (!ConfirmAction(scheduler.GetLocation(rack), $"Renew what is due on rack '{rack}' at {times}"))
        {
            return;
        }

        var registration = Run(ct => scheduler.RegisterAsync(command, times, ct));
        WarnOfLimits(kind, description);
        WriteObject(Describe(kind, registration));
    }

    private void WriteManifest()
    {
        if (Scheduler is not (null or ConvoxScheduler.CronJob))
        {
            throw new InvalidInputException(ErrorCode.NoCronJob, $"-Image and its like belong to a CronJob, and not to {Scheduler}. Leave them or -Scheduler out.", Scheduler);
        }

        var file = OutFile is null ? null : GetUnresolvedProviderPathFromPSPath(OutFile);
        var manifest = NewManifest((file is not null && File.Exists(file) ? TimesIn(file) : null) ?? RenewalTimes.Choose());
        var text = manifest.ToYaml();
        if (file is null)
        {
            WriteObject(text);
        }
        else if (ConfirmAction(file, $"Write the manifest of CronJob '{manifest.Name}', which runs at {manifest.Times}"))
        {
            Run(ct => File.WriteAllTextAsync(file, text, ct));
            WriteObject(Describe(ConvoxScheduler.CronJob, new RenewalRegistration(manifest.Command.Rack, manifest.Times, file, manifest.Command.Script)));
        }
    }

    private CronJobManifest NewManifest(RenewalTimes times)
    {
        var rack = FindRack();
        var isLocal = rack.Kind == ConvoxRackKind.Local;
        if (isLocal != VolumeClaim is not null)
        {
            throw isLocal
                ? new InvalidInputException(ErrorCode.VolumeClaimNeeded, "A local rack lies in a volume that the CronJob mounts. Give -VolumeClaim, or connect to a rack in the cluster with Connect-ConvoxRack -Name.", rack.Name)
                : new InvalidInputException(ErrorCode.NoVolumeClaim, $"The rack '{rack.Name}' is in the cluster itself, and needs no volume. Leave -VolumeClaim out.", VolumeClaim);
        }

        // In a pod, its service account leads to the rack, and no kubeconfig.
        return new CronJobManifest
        {
            Command = isLocal
                ? new RenewalCommand(PowerShellPath ?? "pwsh", "ConvoxSsl", DirectoryInContainer())
                : new RenewalCommand(PowerShellPath ?? "pwsh", "ConvoxSsl", rack.Name, new RackReference(rack.Name, rack.Namespace!, null, null)),
            Times = times,
            Image = Image,
            VolumeClaim = VolumeClaim,
            Namespace = Namespace ?? rack.Namespace ?? "default",
            ServiceAccount = ServiceAccount ?? (isLocal ? null : "convoxssl"),
        };
    }

    private static RackReference? Cluster(ConvoxRack rack) =>
        rack.Kind == ConvoxRackKind.Local ? null : new RackReference(rack.Name, rack.Namespace!, rack.KubeConfig, rack.Context);

    private static RenewalTimes? TimesIn(string file)
    {
        var there = File.ReadAllText(file);
        return CronJobManifest.IsManifest(there)
            ? CronJobManifest.FindTimes(there)
            : throw new InvalidInputException(ErrorCode.FileExists, $"'{file}' is there, and no manifest of this cmdlet's. Name another -OutFile, or remove it.", file);
    }

    // A directory of the container is as it is written: on Windows it would get a drive letter.
    private string DirectoryInContainer() => Rack is { IsReference: true } named && named.Name.StartsWith('/') ? named.Name : FindRack().Location;

    private ConvoxScheduler FindScheduler()
    {
        foreach (var scheduler in LocalSchedulers)
        {
            if (Run(ct => Open(scheduler).IsAvailableAsync(ct)))
            {
                return scheduler;
            }
        }

        throw new EngineException(
            ErrorCode.SchedulerNotFound, EngineErrorKind.NotFound, $"None of {string.Join(", ", LocalSchedulers)} works here for this user. Install cron, or name a -Scheduler to see what it says.");
    }

    private string FindPowerShell()
    {
        if (PowerShellPath is null)
        {
            return PowerShellProgram.Find(Environment.ProcessPath, Environment.GetEnvironmentVariable("PATH"));
        }

        var file = GetUnresolvedProviderPathFromPSPath(PowerShellPath);
        return File.Exists(file) ? file : throw new InvalidInputException(ErrorCode.FileNotFound, $"There is no file '{file}'. Name the program pwsh.", PowerShellPath);
    }

    // Above the directory of a version, where PowerShell finds the newest: this one may be gone after an update.
    private static string ModuleDirectory()
    {
        var directory = Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
        return Version.TryParse(Path.GetFileName(directory), out _) ? Path.GetDirectoryName(directory)! : directory;
    }

    private void WarnOfLimits(ConvoxScheduler scheduler, ConvoxRack rack)
    {
        if (rack.Kind == ConvoxRackKind.Local && !Directory.Exists(rack.Location))
        {
            WriteWarning($"There is no rack at '{rack.Location}' yet. It is made with its first certificate; check -Rack if you expected one.");
        }

        if (scheduler == ConvoxScheduler.Systemd && !IsSystemWide && !File.Exists(Path.Combine(Lingering, Environment.UserName)))
        {
            WriteWarning("A user's timers run only while the user is logged in. 'loginctl enable-linger' lets them run always.");
        }
        else if (scheduler == ConvoxScheduler.ScheduledTask && !IsSystemWide)
        {
            WriteWarning("The task runs only while you are logged on. 'Run whether user is logged on or not' in the Task Scheduler changes that; it asks for your password.");
        }
    }
}
