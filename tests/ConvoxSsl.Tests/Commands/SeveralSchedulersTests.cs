using ConvoxSsl.Tests.Secrets;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests a rack that several schedulers renew, with programs that replace those of the machine.</summary>
[Collection(EnvironmentVariables.Name)]
public sealed class SeveralSchedulersTests : IDisposable
{
    private readonly ChangedEnvironment _environment = new();
    private readonly HostedPowerShell _powerShell = new();

    public SeveralSchedulersTests()
    {
        AddProgram("crontab", """
            case "$1" in
              -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
              -r) rm "$0.tab" ;;
              -) cat > "$0.tab" ;;
            esac
            """);
        AddProgram("systemctl", "exit 0");
        AddProgram("pwsh", "exit 0");
        _environment.Set("PATH", $"{_powerShell["programs"]}:{Environment.GetEnvironmentVariable("PATH")}");
        _environment.Set("XDG_CONFIG_HOME", _powerShell["config"]);
        _powerShell.Set("options", new System.Collections.Hashtable { ["System"] = false });
    }

    public void Dispose()
    {
        _environment.Dispose();
        _powerShell.Dispose();
    }

    [Fact]
    public async Task Registering_a_second_scheduler_and_listing_both_warns()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var first = (await RunAsync("$null = Register-ConvoxRenewal Systemd -PowerShellPath $pwsh @options; Get-ConvoxRenewal @options"))
            .Succeeded();
        Assert.DoesNotContain(first.Warnings, IsAboutSeveral);

        var second = (await RunAsync("$null = Register-ConvoxRenewal Cron -PowerShellPath $pwsh @options")).Succeeded();
        Assert.Matches(
            "scheduled with Systemd and Cron, so they run twice. To remove one, use Unregister-ConvoxRenewal Systemd -Rack '.+'[.]$",
            Assert.Single(second.Warnings, IsAboutSeveral));

        var listed = (await RunAsync("Get-ConvoxRenewal @options")).Succeeded();
        Assert.Equal([ConvoxScheduler.Systemd, ConvoxScheduler.Cron], listed.Of<ConvoxRenewalSchedule>().Select(r => r.Scheduler));
        Assert.Single(listed.Warnings, IsAboutSeveral);

        (await RunAsync("Unregister-ConvoxRenewal Systemd @options")).Succeeded();
        Assert.Empty((await RunAsync("Get-ConvoxRenewal @options")).Succeeded().Warnings);
    }

    [Fact]
    public async Task WhatIf_shows_the_times_that_the_registration_then_has()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        (await RunAsync("Register-ConvoxRenewal Cron -PowerShellPath $pwsh @options -WhatIf")).Succeeded();
        var run = (await RunAsync("Register-ConvoxRenewal Cron -PowerShellPath $pwsh @options")).Succeeded();

        var registered = Assert.Single(run.Of<ConvoxRenewalSchedule>());
        Assert.Contains(
            $" at {registered.TimesOfDay[0]} and {registered.TimesOfDay[1]} in the time zone of this machine (UTC",
            _powerShell.Host.Text,
            StringComparison.Ordinal);
        Assert.NotNull(registered.NextRun);
        Assert.Equal((null, null), (registered.LastRun, registered.LastResult));
    }

    [Fact]
    public async Task WhatIf_does_not_promise_a_scheduler_that_does_not_work()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        AddProgram("systemctl", "exit 1");

        var error = Assert.Single((await RunAsync("Register-ConvoxRenewal Systemd -PowerShellPath $pwsh @options -WhatIf")).Errors);

        Assert.StartsWith("ConvoxSsl.SchedulerNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("What if:", _powerShell.Host.Text, StringComparison.Ordinal);
    }

    private static bool IsAboutSeveral(string warning) => warning.Contains("so they run twice", StringComparison.Ordinal);

    private Task<PowerShellResult> RunAsync(string script)
    {
        _powerShell.Set("pwsh", Path.Combine(_powerShell["programs"], "pwsh"));
        return _powerShell.RunAsync(script, CancellationToken.None);
    }

    private void AddProgram(string name, string script)
    {
        Directory.CreateDirectory(_powerShell["programs"]);
        var file = Path.Combine(_powerShell["programs"], name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
