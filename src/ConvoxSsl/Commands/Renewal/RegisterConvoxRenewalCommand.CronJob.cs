using ConvoxSsl.Cmdlets;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Commands;

/// <content>The manifest of a CronJob.</content>
public sealed partial class RegisterConvoxRenewalCommand
{
    private void WriteManifest()
    {
        var file = OutFile is null ? null : GetUnresolvedProviderPathFromPSPath(OutFile);
        var manifest = NewManifest((file is null ? null : CronJobManifest.ReadTimes(file)) ?? RenewalTimes.Choose(GetRackKey()));
        var text = manifest.ToYaml();
        if (file is null)
        {
            WriteObject(text);
            return;
        }

        if (!File.Exists(file))
        {
            OutputFile.Check(file);
        }

        if (ConfirmAction(
            file, $"Write the manifest of CronJob '{manifest.Name}', which runs at {manifest.Times} in the time zone of the cluster"))
        {
            Run(ct => File.WriteAllTextAsync(file, text, ct));
            WriteObject(Describe(ConvoxScheduler.CronJob, manifest.ToRegistration(file), new RenewalRuns()));
        }
    }

    private CronJobManifest NewManifest(RenewalTimes times)
    {
        var options = new CronJobOptions
        {
            PowerShell = PowerShellPath,
            Image = Image,
            VolumeClaim = VolumeClaim,
            Namespace = Namespace,
            ServiceAccount = ServiceAccount,
        };
        var rack = FindRack();
        return rack.Kind == ConvoxRackKind.Local
            ? CronJobManifest.ForLocalRack(rack.Name, GetContainerDirectory(rack), options, times)
            : CronJobManifest.ForKubernetesRack(rack.Name, rack.Namespace!, options, times);
    }
}
