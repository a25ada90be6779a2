using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Publishing.Reload;

/// <summary>Tests reloads with a scripted <c>systemctl</c>, because the test machine does not run systemd, and with programs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ReloadTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("nginx", false, "--no-ask-password reload-or-restart nginx.service")]
    [InlineData("php8.2-fpm.service", true, "--no-ask-password restart php8.2-fpm.service")]
    public async Task A_service_is_reloaded_or_restarted(string service, bool restart, string expected)
    {
        WriteSystemctl("echo \"$@\"");
        var lines = new List<string>();
        await new SystemdServiceManager(_home.Path).ReloadAsync(service, restart, TestTime.Hang, lines.Add, default);
        Assert.Equal([expected], lines);
    }

    [Theory]
    [InlineData("echo LoadState=loaded", null)]
    [InlineData("echo LoadState=not-found", "systemd has no such service")]
    [InlineData("echo LoadState=masked", "it is masked")]
    public async Task A_service_must_exist(string script, string? reason)
    {
        WriteSystemctl(script);
        var error = await Record.ExceptionAsync(() => new SystemdServiceManager(_home.Path).RequireAsync("nginx", default));
        Assert.Equal(reason is null ? null : ErrorCode.UnknownService, (error as InvalidInputException)?.Code);
        Assert.Contains(reason ?? string.Empty, error?.Message ?? string.Empty, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--now")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public async Task A_name_that_systemctl_would_read_otherwise_is_refused(string service)
    {
        WriteSystemctl("exit 3");
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => new SystemdServiceManager(_home.Path).RequireAsync(service, default));
        Assert.Equal(ErrorCode.UnknownService, error.Code);
    }

    [Fact]
    public async Task A_machine_without_systemd_is_reported()
    {
        WriteSystemctl("echo 'System has not been booted with systemd as init system (PID 1).' >&2; exit 1");
        var error = await Assert.ThrowsAsync<EngineException>(() => new SystemdServiceManager(_home.Path).RequireAsync("nginx", default));
        Assert.Equal(ErrorCode.ServicesNotSupported, error.Code);
        Assert.Contains("not been booted with systemd", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => new UnsupportedServiceManager().RequireAsync("nginx", default));
    }

    [Fact]
    public async Task A_failure_has_the_exit_code_and_the_last_line()
    {
        WriteSystemctl("echo first; echo 'Job for nginx.service failed.' >&2; exit 5");
        var error = await Assert.ThrowsAsync<EngineException>(
            () => new SystemdServiceManager(_home.Path).ReloadAsync("nginx", false, TestTime.Hang, _ => { }, default));
        Assert.Equal(ErrorCode.ReloadFailed, error.Code);
        Assert.EndsWith("failed with exit code 5: Job for nginx.service failed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_gets_its_arguments_without_a_shell_and_ends_at_its_time_limit()
    {
        var reload = new ReloadCommand(new UnsupportedServiceManager());
        var lines = new List<string>();
        var command = new TargetReload { Command = ReloadProgram.Find("printf"), Arguments = ["%s\\n", "$HOME; exit 1", "b c"] };
        await reload.RunAsync(command, TestTime.Hang, lines.Add, default);
        Assert.Equal(["$HOME; exit 1", "b c"], lines);

        var endless = new TargetReload { Command = ReloadProgram.Find("sleep"), Arguments = ["3600"] };
        var error = await Assert.ThrowsAsync<EngineException>(
            () => reload.RunAsync(endless, TimeSpan.FromMilliseconds(200), lines.Add, default));
        Assert.Equal((ErrorCode.ReloadFailed, EngineErrorKind.TimedOut), (error.Code, error.Kind));
    }

    [Fact]
    public async Task A_daemon_that_keeps_the_output_open_does_not_delay_the_end()
    {
        var command = new TargetReload
        {
            Command = ReloadProgram.Find("sh"), Arguments = ["-c", "echo started; sleep 600 & echo $! > \"$0\"", _home["pid"]],
        };
        var lines = new List<string>();
        try
        {
            await new ReloadCommand(new UnsupportedServiceManager()).RunAsync(command, TestTime.Hang, lines.Add, default);
        }
        finally
        {
            using var daemon = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(_home["pid"]), CultureInfo.InvariantCulture));
            Assert.False(daemon.HasExited);
            daemon.Kill();
        }

        Assert.Equal(["started"], lines);
    }

    private void WriteSystemctl(string script)
    {
        File.WriteAllText(_home["systemctl"], $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(_home["systemctl"], Executable);
    }
}
