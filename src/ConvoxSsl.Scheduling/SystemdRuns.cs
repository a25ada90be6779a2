using System.Globalization;

namespace ConvoxSsl.Scheduling;

/// <summary>Parses the runs in the output of <c>systemctl show</c>, whose times are in UTC because of the program's environment.</summary>
internal static class SystemdRuns
{
    /// <summary>The properties of the timer.</summary>
    public const string TimerProperties = "NextElapseUSecRealtime,LastTriggerUSec";

    /// <summary>The properties of the service.</summary>
    public const string ServiceProperties = "ActiveState,Result,ExecMainStatus,ExecMainStartTimestamp";

    /// <summary>Parses the properties of a timer and its service.</summary>
    public static RenewalRuns Parse(string timer, string service, TimeZoneInfo zone)
    {
        var (triggered, ran) = (ParseTime(Find(timer, "LastTriggerUSec"), zone), ParseTime(Find(service, "ExecMainStartTimestamp"), zone));
        return new RenewalRuns(ParseTime(Find(timer, "NextElapseUSecRealtime"), zone), triggered ?? ran, DescribeResult(service, ran));
    }

    // systemd knows the result only since the machine was started.
    private static string? DescribeResult(string service, DateTimeOffset? ran)
    {
        if (Find(service, "ActiveState") is "active" or "activating")
        {
            return RenewalRuns.Running;
        }

        return ran is null ? null : Find(service, "Result") switch
        {
            "success" => RenewalRuns.Succeeded,
            "exit-code" when long.TryParse(Find(service, "ExecMainStatus"), CultureInfo.InvariantCulture, out var code) =>
                RenewalRuns.DescribeExitCode(code),
            var result => $"Failed ({result})",
        };
    }

    private static string? Find(string properties, string name) => properties.Split('\n')
        .FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    // An unknown time is empty or "n/a".
    private static DateTimeOffset? ParseTime(string? text, TimeZoneInfo zone) => DateTimeOffset.TryParseExact(
        text, "ddd yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? TimeZoneInfo.ConvertTime(time, zone)
        : null;
}
