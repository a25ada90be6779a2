using System.Globalization;
using System.Text;

namespace ConvoxSsl.Scheduling.Tests;

/// <summary>The runs that schedulers report.</summary>
public sealed class RenewalRunsTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), null, null);

    [Theory]
    [InlineData("inactive", "success", "0", "Mon 2026-11-30 04:17:25 UTC", "Succeeded")]
    [InlineData("failed", "exit-code", "1", "Mon 2026-11-30 04:17:25 UTC", "Failed (exit code 1)")]
    [InlineData("failed", "timeout", "15", "Mon 2026-11-30 04:17:25 UTC", "Failed (timeout)")]
    [InlineData("activating", "success", "0", "Mon 2026-11-30 04:17:25 UTC", "Running")]
    [InlineData("inactive", "success", "0", "n/a", null)]
    public void Systemd_reports_the_next_and_the_last_run(string state, string result, string code, string started, string? expected)
    {
        var runs = SystemdRuns.Parse(
            "NextElapseUSecRealtime=Mon 2026-11-30 16:17:23 UTC\nLastTriggerUSec=Mon 2026-11-30 04:17:24 UTC\n",
            $"Result={result}\nExecMainStartTimestamp={started}\nExecMainStatus={code}\nActiveState={state}\n",
            Zone);

        Assert.Equal(new RenewalRuns(At(17, 17, 23), At(5, 17, 24), expected), runs);
    }

    [Fact]
    public void Systemd_reports_nothing_of_a_new_timer() => Assert.Equal(
        new RenewalRuns(),
        SystemdRuns.Parse("NextElapseUSecRealtime=\nLastTriggerUSec=n/a\n", "ActiveState=inactive\nResult=success\n", Zone));

    [Theory]
    [InlineData("en-US", "11/30/2026 5:17:23 PM", "11/30/2026 5:17:24 AM", "0", "Succeeded")]
    [InlineData("de-DE", "30.11.2026 17:17:23", "30.11.2026 05:17:24", "1", "Failed (exit code 1)")]
    [InlineData("en-US", "11/30/2026 5:17:23 PM", "11/30/2026 5:17:24 AM", "267009", "Running")]
    [InlineData("en-US", "11/30/2026 5:17:23 PM", "11/30/1999 12:00:00 AM", "267011", null)]
    public void The_task_scheduler_reports_runs_in_the_language_of_the_user(
        string culture, string next, string last, string code, string? expected)
    {
        var row = $"\"PC\",\"\\ConvoxSsl renewal\",\"{next}\",\"Ready\",\"Interactive\",\"{last}\",\"{code}\",\"ConvoxSsl\"\r\n";
        var later = row.Replace(next, "N/A", StringComparison.Ordinal);

        var runs = ScheduledTaskRuns.Parse(Encoding.Unicode.GetBytes(later + row), CultureInfo.GetCultureInfo(culture), Zone);

        Assert.Equal(new RenewalRuns(At(17, 17, 23), expected is null ? null : At(5, 17, 24), expected), runs);
    }

    private static DateTimeOffset At(int hour, int minute, int second) => new(2026, 11, 30, hour, minute, second, Zone.BaseUtcOffset);
}
