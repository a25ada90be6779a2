using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling.Tests;

/// <summary>The connection of a scheduled run to a Kubernetes rack.</summary>
public sealed class RackReferenceTests
{
    [Fact]
    public void Command_connects_in_the_argument()
    {
        var command = new RenewalCommand(
            "pwsh", "ConvoxSsl", "https://c:6443 prod-system", new RackReference("prod", "prod-system", "/home/o'neil/config", "eu"));

        Assert.Contains(
            "Update-ConvoxCertificate -Rack (Connect-ConvoxRack -Name 'prod' -Namespace 'prod-system' -KubeConfig "
                + "'/home/o''neil/config' -Context 'eu') |",
            command.Script,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Several_kubeconfigs_are_merged()
    {
        var list = string.Join(Path.PathSeparator, "/a", "/b");
        var command = new RenewalCommand("pwsh", "ConvoxSsl", "r", new RackReference("prod", "prod-system", list, null));

        Assert.Contains(
            $"-Rack $($env:KUBECONFIG = '{list}'; Connect-ConvoxRack -Name 'prod' -Namespace 'prod-system') |",
            command.Script,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Line_breaks_are_rejected() => Assert.Equal(
        "InvalidSchedulePath",
        Assert.Throws<InvalidInputException>(() =>
            new RenewalCommand("pwsh", "ConvoxSsl", "r", new RackReference("prod", "prod-system", null, "a\nb"))).Code);

    [Fact]
    public void CronJob_for_a_Kubernetes_rack_has_no_volume()
    {
        var manifest = new CronJobManifest
        {
            Command = new RenewalCommand("pwsh", "ConvoxSsl", "prod", new RackReference("prod", "prod-system", null, null)),
            Times = RenewalTimes.Choose("rack"),
            Image = "registry.example.org/convoxssl:1",
            Namespace = "prod-system",
            ServiceAccount = "convoxssl",
        };

        var yaml = manifest.ToYaml();

        Assert.DoesNotContain("persistentVolumeClaim", yaml, StringComparison.Ordinal);
        Assert.Contains("          serviceAccountName: 'convoxssl'\n", yaml, StringComparison.Ordinal);
        Assert.Contains(
            "              volumeMounts:\n                - name: tmp\n                  mountPath: /tmp\n",
            yaml,
            StringComparison.Ordinal);
        Assert.Contains("          volumes:\n            - name: tmp\n              emptyDir: {}\n", yaml, StringComparison.Ordinal);
        Assert.Equal(manifest.Times, CronJobManifest.FindTimes(yaml));
    }
}
