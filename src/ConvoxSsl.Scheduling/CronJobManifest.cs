using System.Globalization;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Local;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// The manifest of a Kubernetes CronJob (batch/v1) that renews the due certificates of a rack in a volume or of a Kubernetes
/// rack.
/// </summary>
public sealed partial record CronJobManifest
{
    private const string FirstLine = "# Made by Register-ConvoxRenewal.";
    private const string DefaultPowerShell = "pwsh";
    private const string ModuleName = "ConvoxSsl";
    private const string NamePattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>The command for the rack. A local rack is the directory of the container at which the volume is mounted.</summary>
    public required RenewalCommand Command { get; init; }

    /// <summary>
    /// The command that the container runs. In a volume, the rack is in a directory of its own, because <c>fsGroup</c> makes the root
    /// of the volume writable by a group.
    /// </summary>
    public RenewalCommand ContainerCommand => VolumeClaim is null
        ? Command
        : new RenewalCommand(Command.PowerShell, Command.Module, GetVolumeRack(Command.Rack));

    /// <summary>The times of day.</summary>
    public required RenewalTimes Times { get; init; }

    /// <summary>The container image, which has PowerShell and the module.</summary>
    public required string Image { get; init; }

    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The PersistentVolumeClaim with the rack; null for a Kubernetes rack.</summary>
    public string? VolumeClaim { get; init; }

    /// <summary>The service account of the pod, which may also grant cloud permissions; null for none.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>The name of the CronJob.</summary>
    public string Name => GetName(Command.Rack);

    /// <summary>Returns the name of the CronJob of a rack.</summary>
    /// <param name="rack">The name of a Kubernetes rack, or the directory of a local one in the container.</param>
    public static string GetName(string rack) => $"convoxssl-renew-{RenewalCommand.GetKey(rack)}";

    /// <summary>Returns the directory of the rack in a volume.</summary>
    /// <param name="directory">The directory of the container at which the volume is mounted.</param>
    public static string GetVolumeRack(string directory) => $"{directory.TrimEnd('/')}/{VolumeRack.DirectoryName}";

    /// <summary>Returns true if a text is one of these manifests.</summary>
    public static bool IsManifest(string text) => text.StartsWith(FirstLine, StringComparison.Ordinal);

    /// <summary>Finds the times of a manifest, or returns null if they were edited by hand.</summary>
    public static RenewalTimes? FindTimes(string manifest) =>
        RenewalTimes.FromMatch(Schedule().Match(manifest), manifest);

    /// <summary>Reads the times of a manifest file; null if there is no file, or its times were edited by hand.</summary>
    /// <exception cref="InvalidInputException"><c>FileExists</c>: the file is not one of these manifests.</exception>
    public static RenewalTimes? ReadTimes(string file)
    {
        var text = File.Exists(file) ? File.ReadAllText(file) : null;
        return text is null ? null
            : IsManifest(text) ? FindTimes(text)
            : throw new InvalidInputException(ErrorCode.FileExists, $"'{file}' exists and is not a manifest of this cmdlet.", file)
            {
                Remedy = new Remedy("FileExists.OutFile"),
            };
    }

    /// <summary>Creates the manifest for a local rack, which is in a volume.</summary>
    /// <param name="name">The name of the rack.</param>
    /// <param name="directory">The directory of the rack in the container.</param>
    /// <param name="options">The settings of the user.</param>
    /// <param name="times">The times of day.</param>
    /// <exception cref="InvalidInputException"><c>VolumeClaimNeeded</c>.</exception>
    public static CronJobManifest ForLocalRack(string name, string directory, CronJobOptions options, RenewalTimes times)
    {
        if (options.VolumeClaim is null)
        {
            throw new InvalidInputException(
                ErrorCode.VolumeClaimNeeded, "A CronJob on a local rack requires a volume for the rack.", name);
        }

        return new CronJobManifest
        {
            Command = new RenewalCommand(options.PowerShell ?? DefaultPowerShell, ModuleName, directory),
            Times = times,
            Image = options.Image,
            VolumeClaim = options.VolumeClaim,
            Namespace = options.Namespace ?? "default",
            ServiceAccount = options.ServiceAccount,
        };
    }

    /// <summary>Creates the manifest for a Kubernetes rack.</summary>
    /// <param name="name">The name of the rack.</param>
    /// <param name="rackNamespace">The namespace of the rack.</param>
    /// <param name="options">The settings of the user.</param>
    /// <param name="times">The times of day.</param>
    /// <exception cref="InvalidInputException"><c>NoVolumeClaim</c>.</exception>
    public static CronJobManifest ForKubernetesRack(string name, string rackNamespace, CronJobOptions options, RenewalTimes times)
    {
        if (options.VolumeClaim is not null)
        {
            throw new InvalidInputException(
                ErrorCode.NoVolumeClaim, $"The rack '{name}' is in the cluster and needs no volume.", options.VolumeClaim);
        }

        // In a pod, use the service account instead of a kubeconfig.
        var rack = new RackReference(name, rackNamespace, null, null);
        return new CronJobManifest
        {
            Command = new RenewalCommand(options.PowerShell ?? DefaultPowerShell, ModuleName, name, rack),
            Times = times,
            Image = options.Image,
            Namespace = options.Namespace ?? rackNamespace,
            ServiceAccount = options.ServiceAccount ?? "convoxssl",
        };
    }

    /// <summary>Returns the text of the manifest.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidKubernetesName</c>, <c>InvalidImage</c>, <c>InvalidRackDirectory</c>.</exception>
    public string ToYaml()
    {
        RequireNames();
        return $"""
            {FirstLine} Renews what is due on the rack {ContainerCommand.Rack}, twice a day.
            apiVersion: batch/v1
            kind: CronJob
            metadata:
              name: {Name}
              namespace: {Quote(Namespace)}
              labels:
                app.kubernetes.io/name: convoxssl
                app.kubernetes.io/component: renewal
            spec:
              schedule: {Quote(Times.Cron)}
              concurrencyPolicy: Forbid
              startingDeadlineSeconds: 21600
              successfulJobsHistoryLimit: 1
              failedJobsHistoryLimit: 3
              jobTemplate:
                spec:
                  # The next run tries again; retrying at once would meet the same failure.
                  backoffLimit: 0
                  activeDeadlineSeconds: 39600
                  template:
                    spec:
                      restartPolicy: Never
            {FormatAccount()}
                      securityContext:
                        runAsNonRoot: true
                        runAsUser: 10001
                        runAsGroup: 10001
                        fsGroup: 10001
                        fsGroupChangePolicy: OnRootMismatch
                        seccompProfile:
                          type: RuntimeDefault
                      containers:
                        - name: renewal
                          image: {Quote(Image)}
                          command:
                            - {QuoteArgument(Command.PowerShell)}
                          args:
            {FormatArguments()}
                          env:
                            - name: HOME
                              value: /tmp
                          securityContext:
                            allowPrivilegeEscalation: false
                            readOnlyRootFilesystem: true
                            capabilities:
                              drop: [ALL]
                          volumeMounts:
            {FormatMount()}                - name: tmp
                              mountPath: /tmp
                      volumes:
            {FormatVolume()}            - name: tmp
                          emptyDir: {EmptyMapping}

            """;
    }

    /// <summary>Returns the registration that a file with the manifest stands for.</summary>
    /// <param name="file">The path of the file.</param>
    public RenewalRegistration ToRegistration(string file) => new(ContainerCommand.Rack, Times, file, ContainerCommand.Script);

    private const string EmptyMapping = "{}";

    private string FormatArguments() => string.Join(
        '\n', ContainerCommand.GetArguments(Times.First.Second).Select(argument => $"                - {QuoteArgument(argument)}"));

    private string FormatAccount() => ServiceAccount is null
        ? "          automountServiceAccountToken: false"
        : $"          serviceAccountName: {Quote(ServiceAccount)}";

    private string FormatMount() => VolumeClaim is null
        ? string.Empty
        : $"                - name: rack\n                  mountPath: {Quote(Command.Rack)}\n";

    private string FormatVolume() => VolumeClaim is null
        ? string.Empty
        : $"            - name: rack\n              persistentVolumeClaim:\n                claimName: {Quote(VolumeClaim)}\n";

    private void RequireNames()
    {
        RequireName(Namespace, "namespace", subdomain: false);
        if (VolumeClaim is not null)
        {
            RequireName(VolumeClaim, "PersistentVolumeClaim", subdomain: true);
        }

        if (ServiceAccount is not null)
        {
            RequireName(ServiceAccount, "ServiceAccount", subdomain: true);
        }

        if (Image.Length == 0 || Image.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            throw new InvalidInputException(ErrorCode.InvalidImage, $"'{Image}' is not a valid container image.", Image)
            {
                Remedy = "Use the form registry/name:tag.",
            };
        }

        // Kubernetes rejects a mount path with a colon.
        var isMountPath = Command.Rack.StartsWith('/')
            && !Command.Rack.Contains(':', StringComparison.Ordinal)
            && Command.Rack is not ("/" or "/tmp");
        if (VolumeClaim is not null && !isMountPath)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidRackDirectory, $"Cannot mount the volume at '{Command.Rack}'.", Command.Rack)
            {
                Remedy = new Remedy("InvalidRackDirectory.Volume"),
            };
        }
    }

    // Kubernetes requires RFC 1123 labels. Names of objects other than namespaces may consist of several labels.
    private static void RequireName(string name, string kind, bool subdomain)
    {
        if (name.Length > (subdomain ? 253 : 63) || !(subdomain ? name.Split('.') : [name]).All(label => Label().IsMatch(label)))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidKubernetesName,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' is not a valid name of a {kind}: it must consist of lower-case letters, digits and hyphens, "
                    + $"and begin and end with a letter or digit."),
                name);
        }
    }

    // Kubernetes replaces $(name) in commands; $$ stands for one dollar sign.
    private static string QuoteArgument(string text) => Quote(text.Replace("$", "$$", StringComparison.Ordinal));

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(NamePattern)]
    private static partial Regex Label();

    [GeneratedRegex(@"^  schedule: '(?<minute>[0-9]+) (?<hour>[0-9]+),[0-9]+ \* \* \*'$", RegexOptions.Multiline)]
    private static partial Regex Schedule();
}
