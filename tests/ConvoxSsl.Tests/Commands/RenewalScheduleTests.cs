using System.Management.Automation;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests schedules without a scheduler: the manifest of a CronJob, and invalid input.</summary>
public sealed class RenewalScheduleTests : IDisposable
{
    private const string CronJob =
        "Register-ConvoxRenewal -Rack /var/lib/convoxssl -Image registry.example.org/convoxssl:1 -VolumeClaim rack";

    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task A_manifest_is_output_or_a_file_that_keeps_its_times()
    {
        var text = Assert.Single((await RunAsync(CronJob)).Succeeded().Of<string>());
        Assert.Contains("kind: CronJob", text, StringComparison.Ordinal);
        Assert.Contains("Update-ConvoxCertificate -Rack", text, StringComparison.Ordinal);

        _powerShell.Set("file", _powerShell["renewal.yaml"]);
        var first = Assert.Single((await RunAsync($"{CronJob} -OutFile $file")).Succeeded().Of<ConvoxRenewalSchedule>());
        Assert.Equal((ConvoxScheduler.CronJob, _powerShell["renewal.yaml"]), (first.Scheduler, first.Location));
        var written = await File.ReadAllTextAsync(_powerShell["renewal.yaml"]);
        await RunAsync($"{CronJob} -OutFile $file");
        Assert.Equal(written, await File.ReadAllTextAsync(_powerShell["renewal.yaml"]));
    }

    [Fact]
    public async Task WhatIf_writes_nothing()
    {
        _powerShell.Set("file", _powerShell["renewal.yaml"]);
        var run = (await RunAsync($"{CronJob} -OutFile $file -WhatIf")).Succeeded();

        Assert.Empty(run.Objects);
        Assert.False(File.Exists(_powerShell["renewal.yaml"]));
    }

    [Theory]
    [InlineData("Register-ConvoxRenewal CronJob", "ImageNeeded", "-VolumeClaim")]
    [InlineData("Register-ConvoxRenewal Cron -Image a/b:1 -VolumeClaim c", "NoCronJob", "Cron")]
    [InlineData(CronJob + " -Namespace 'No Good'", "InvalidKubernetesName", "No Good")]
    [InlineData("Register-ConvoxRenewal -Rack /r -Image 'not an image' -VolumeClaim rack", "InvalidImage", "not an image")]
    [InlineData("Register-ConvoxRenewal Cron -PowerShellPath ./no-such-pwsh", "FileNotFound", "no-such-pwsh")]
    public async Task Invalid_input_is_one_error_without_a_call_of_a_scheduler(string script, string id, string expected)
    {
        var error = Assert.Single((await RunAsync(script)).Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_file_that_is_not_a_manifest_is_not_overwritten()
    {
        await File.WriteAllTextAsync(_powerShell["renewal.yaml"], "mine: true\n");
        _powerShell.Set("file", _powerShell["renewal.yaml"]);
        var error = Assert.Single((await RunAsync($"{CronJob} -OutFile $file")).Errors);

        Assert.StartsWith("ConvoxSsl.FileExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("mine: true\n", await File.ReadAllTextAsync(_powerShell["renewal.yaml"]));
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
