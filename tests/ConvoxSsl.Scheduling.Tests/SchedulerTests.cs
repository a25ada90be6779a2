using ConvoxSsl.Engine;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Scheduling.Tests;

/// <summary>The schedulers with programs that replace those of the system.</summary>
public sealed class SchedulerTests : IDisposable
{
    private static readonly RenewalTimes Times = RenewalTimes.FromTime(5, 17, 23)!;
    private static readonly RenewalCommand Command = new("/usr/bin/pwsh", "/opt/m", "/srv/rack");
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [UnixFact]
    public async Task Cron_registers_and_unregisters_the_line()
    {
        AddProgram("crontab", """
            case "$1" in
              -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
              -r) rm "$0.tab" ;;
              -) cat > "$0.tab" ;;
            esac
            """);
        var scheduler = new CronScheduler("me", _directory.Path);
        Assert.Null(await scheduler.FindAsync(Command.Rack, default));

        var registered = await scheduler.RegisterAsync(Command, Times, default);

        Assert.Equal(registered, await scheduler.FindAsync(Command.Rack, default));
        Assert.Equal(Times, registered.Times);
        var runs = await scheduler.ReadRunsAsync(registered, TimeProvider.System, default);
        Assert.Equal((5, 17, 23), (runs.Next!.Value.Hour % 12, runs.Next.Value.Minute, runs.Next.Value.Second));
        Assert.Equal((null, null), (runs.Last, runs.Result));
        await scheduler.UnregisterAsync(Command.Rack, default);
        Assert.False(File.Exists(_directory["crontab.tab"]));
        await AssertFailsAsync("RenewalNotRegistered", () => scheduler.UnregisterAsync(Command.Rack, default));
    }

    [UnixFact]
    public async Task Unreadable_crontab_is_not_overwritten()
    {
        AddProgram("crontab", """
            [ "$1" = -l ] || touch "$0.written"
            echo "you are not allowed to use this program" >&2
            exit 1
            """);

        var failure = await AssertFailsAsync(
            "SchedulerFailed", () => new CronScheduler("me", _directory.Path).RegisterAsync(Command, Times, default));

        Assert.Contains("not allowed to use this program", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["crontab.written"]));
    }

    [UnixFact]
    public async Task Systemd_units_are_registered_and_unregistered()
    {
        AddProgram("systemctl", "echo \"$*\" >> \"$0.log\"");
        var scheduler = new SystemdScheduler(_directory["units"], system: false, _directory.Path);

        var registered = await scheduler.RegisterAsync(Command, Times, default);
        Assert.Equal(registered, await scheduler.FindAsync(Command.Rack, default));
        await scheduler.UnregisterAsync(Command.Rack, default);

        var timer = Path.GetFileName(registered.Location);
        Assert.Equal(
            ["daemon-reload", $"enable {timer}", $"restart {timer}", $"disable --now {timer}", "daemon-reload"],
            (await File.ReadAllLinesAsync(_directory["systemctl.log"])).Select(line =>
                line.Replace("--user --no-ask-password ", string.Empty, StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(_directory["units"]));
        await AssertFailsAsync("RenewalNotRegistered", () => scheduler.UnregisterAsync(Command.Rack, default));
    }

    [UnixFact]
    public async Task Failed_systemd_registration_is_undone()
    {
        AddProgram("systemctl", "case \"$*\" in *restart*) [ ! -f \"$0.refuse\" ] || { echo 'Access denied' >&2; exit 4; };; esac");
        var scheduler = new SystemdScheduler(_directory["units"], system: false, _directory.Path);
        await scheduler.RegisterAsync(Command, Times, default);
        await File.WriteAllTextAsync(_directory["systemctl.refuse"], string.Empty);

        var failure =
            await AssertFailsAsync("SchedulerFailed", () => scheduler.RegisterAsync(Command, RenewalTimes.FromTime(1, 1, 1)!, default));
        await AssertFailsAsync(
            "SchedulerFailed", () => scheduler.RegisterAsync(new RenewalCommand("/pwsh", "/m", "/another"), Times, default));

        Assert.Contains("Access denied", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Times, (await scheduler.FindAsync(Command.Rack, default))!.Times);
        Assert.Equal(2, Directory.GetFiles(_directory["units"]).Length);
    }

    [UnixFact]
    public async Task Task_is_registered_and_unregistered()
    {
        AddProgram("schtasks", """
            case "$1" in
              /Create) cp "$5" "$0.xml" ;;
              /Query) cat "$0.xml" 2>/dev/null ;;
              /Delete) rm "$0.xml" ;;
            esac
            """);
        var scheduler = new ScheduledTaskScheduler(@"HOME\me", _directory.Path);
        Assert.Null(await scheduler.FindAsync(Command.Rack, default));

        var registered = await scheduler.RegisterAsync(Command, Times, default);

        Assert.Equal(registered, await scheduler.FindAsync(Command.Rack, default));
        await scheduler.UnregisterAsync(Command.Rack, default);
        Assert.False(File.Exists(_directory["schtasks.xml"]));
    }

    [Fact]
    public async Task Missing_program_is_named()
    {
        Assert.False(await new SystemdScheduler(_directory.Path, system: false, _directory.Path).IsAvailableAsync(default));
        var failure = await AssertFailsAsync(
            "SchedulerNotFound", () => new CronScheduler("me", _directory.Path).RegisterAsync(Command, Times, default));
        Assert.Contains("'crontab'", failure.Message, StringComparison.Ordinal);
        await AssertFailsAsync(
            "SchedulerNotFound",
            () => new SystemdScheduler(_directory["units"], system: false, _directory.Path).RegisterAsync(Command, Times, default));
        Assert.Empty(Directory.GetFiles(_directory["units"]));
    }

    private void AddProgram(string name, string script)
    {
        File.WriteAllText(_directory[name], $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task<EngineException> AssertFailsAsync(string code, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<EngineException>(action);
        Assert.Equal(code, failure.Code);
        return failure;
    }
}

/// <summary>A test whose programs are shell scripts.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "There is no /bin/sh." : null;
}
