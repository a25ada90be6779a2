using ConvoxSsl.Engine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>The manifest of a Kubernetes CronJob (batch/v1) that renews what is due on a rack in a volume, or in the cluster.</summary>
public sealed partial record CronJobManifest
{
    private const string FirstLine = "# Made by Register-ConvoxRenewal.";
    private const string NamePattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>What the container runs. A local rack is a directory of the container.</summary>
    public required RenewalCommand Command { get; init; }

    /// <summary>When.</summary>
    public required RenewalTimes Times { get; init; }

    /// <summary>An image that holds PowerShell and the module.</summary>
    public required string Image { get; init; }

    /// <summary>The namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The PersistentVolumeClaim with the rack; null for a rack in the cluster.</summary>
    public string? VolumeClaim { get; init; }

    /// <summary>Who the pod is in the cluster and, through it, in the cloud; null for nobody.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>The CronJob's name.</summary>
    public string Name => $"convoxssl-renew-{RenewalCommand.GetKey(Command.Rack)}";

    /// <summary>Whether a text is one of these manifests.</summary>
    public static bool IsManifest(string text) => text.StartsWith(FirstLine, StringComparison.Ordinal);

    /// <summary>The times of a manifest, or null where it has others than such as were written.</summary>
    public static RenewalTimes? FindTimes(string manifest) => Schedule().Match(manifest) is { Success: true } match
        ? RenewalTimes.FromTime(match.Groups["hour"].Value, match.Groups["minute"].Value, RenewalCommand.FindDelay(manifest))
        : null;

    /// <summary>The manifest's text.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidKubernetesName</c>, <c>InvalidImage</c>, <c>InvalidRackDirectory</c>.</exception>
    public string ToYaml()
    {
        RequireNames();
        return $"""
            {FirstLine} Renews what is due on the rack {Command.Rack}, twice a day.
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
            {string.Join('\n', Command.GetArguments(Times.First.Second).Select(argument => $"                - {QuoteArgument(argument)}"))}
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

    private const string EmptyMapping = "{}";

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
            throw new InvalidInputException(ErrorCode.InvalidImage, $"'{Image}' is no container image. Give it as registry/name:tag.", Image);
        }

        // Kubernetes refuses a mount path with a colon.
        if (VolumeClaim is not null && (!Command.Rack.StartsWith('/') || Command.Rack.Contains(':', StringComparison.Ordinal) || Command.Rack is "/" or "/tmp"))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidRackDirectory, $"The volume can't be mounted at '{Command.Rack}'. Name with -Rack a directory of the container, such as /var/lib/convoxssl.", Command.Rack);
        }
    }

    // RFC 1123 labels, as Kubernetes asks; names of objects other than namespaces may have several.
    private static void RequireName(string name, string kind, bool subdomain)
    {
        if (name.Length > (subdomain ? 253 : 63) || !(subdomain ? name.Split('.') : [name]).All(label => Label().IsMatch(label)))
        {
            throw new InvalidInputException(
                ErrorCode.InvalidKubernetesName,
                string.Create(CultureInfo.InvariantCulture, $"'{name}' can't be the name of a {kind}: lower-case letters, digits and hyphens, beginning and ending with a letter or digit."),
                name);
        }
    }

    // Kubernetes replaces $(name) in commands; a doubled dollar sign is one.
    private static string QuoteArgument(string text) => Quote(text.Replace("$", "$$", StringComparison.Ordinal));

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(NamePattern)]
    private static partial Regex Label();

    [GeneratedRegex(@"^  schedule: '(?<minute>[0-9]+) (?<hour>[0-9]+),[0-9]+ \* \* \*'$", RegexOptions.Multiline)]
    private static partial Regex Schedule();
}
