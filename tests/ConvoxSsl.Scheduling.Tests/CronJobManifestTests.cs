using ConvoxSsl.Engine;

namespace ConvoxSsl.Scheduling.Tests;

public sealed class CronJobManifestTests
{
    private static readonly CronJobManifest Manifest = new()
    {
        Command = new RenewalCommand("pwsh", "ConvoxSsl", "/var/lib/convoxssl"),
        Times = RenewalTimes.FromTime(5, 17, 23)!,
        Image = "registry.example.org/convoxssl:1",
        Namespace = "tls",
        VolumeClaim = "rack",
        ServiceAccount = "dns",
    };

    [Fact]
    public void Manifest_is_recognized_with_its_times()
    {
        var yaml = Manifest.ToYaml();

        Assert.True(CronJobManifest.IsManifest(yaml));
        Assert.Equal(Manifest.Times, CronJobManifest.FindTimes(yaml));
        Assert.Contains("\n  schedule: '17 5,17 * * *'\n", yaml, StringComparison.Ordinal);
        Assert.Contains(
            "- 'Start-Sleep -Seconds 23; $$PSStyle.OutputRendering = ''PlainText''; Import-Module ''ConvoxSsl''",
            yaml,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\r', yaml);
    }

    [Fact]
    public void A_rack_in_a_volume_is_in_a_directory_that_fsGroup_does_not_open()
    {
        var yaml = Manifest.ToYaml();

        Assert.Contains("mountPath: '/var/lib/convoxssl'\n", yaml, StringComparison.Ordinal);
        Assert.Contains("Update-ConvoxCertificate -Rack ''/var/lib/convoxssl/rack'' |", yaml, StringComparison.Ordinal);
        Assert.Contains("fsGroup: 10001\n", yaml, StringComparison.Ordinal);

        // The manifest replaces the CronJob of an earlier version.
        Assert.Equal($"convoxssl-renew-{RenewalCommand.GetKey("/var/lib/convoxssl")}", Manifest.Name);
        var withSlash = Manifest with { Command = new RenewalCommand("pwsh", "ConvoxSsl", "/var/lib/convoxssl/") };
        Assert.Equal("/var/lib/convoxssl/rack", withSlash.ContainerCommand.Rack);
    }

    [Theory]
    [InlineData("Upper", "rack", "dns", "i", "/r", "InvalidKubernetesName")]
    [InlineData("tls", "a_b", "dns", "i", "/r", "InvalidKubernetesName")]
    [InlineData("tls", "rack", "x: y", "i", "/r", "InvalidKubernetesName")]
    [InlineData("tls", "rack", "dns", "two words", "/r", "InvalidImage")]
    [InlineData("tls", "rack", "dns", "", "/r", "InvalidImage")]
    [InlineData("tls", "rack", "dns", "i", "relative", "InvalidRackDirectory")]
    [InlineData("tls", "rack", "dns", "i", "/a:b", "InvalidRackDirectory")]
    [InlineData("tls", "rack", "dns", "i", "/", "InvalidRackDirectory")]
    public void Invalid_Kubernetes_names_are_rejected(string ns, string claim, string account, string image, string rack, string code)
    {
        var manifest = Manifest with
        {
            Namespace = ns,
            VolumeClaim = claim,
            ServiceAccount = account,
            Image = image,
            Command = new RenewalCommand("pwsh", "ConvoxSsl", rack),
        };

        Assert.Equal(code, Assert.Throws<InvalidInputException>(manifest.ToYaml).Code);
    }
}
