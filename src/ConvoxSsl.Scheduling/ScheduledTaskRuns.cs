using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>
/// Parses the runs in the verbose output of schtasks as CSV, which has one line for each trigger. Its column names and its times are in
/// the language of the user; the order of its columns is fixed.
/// </summary>
internal static partial class ScheduledTaskRuns
{
    private const int NextColumn = 2;
    private const int LastColumn = 5;
    private const int ResultColumn = 6;

    // Results of the Task Scheduler itself: https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-error-and-success-constants
    private const long IsRunning = 0x41301;
    private const long HasNotRun = 0x41303;

    /// <summary>Parses the output of schtasks.</summary>
    public static RenewalRuns Parse(byte[] output, CultureInfo culture, TimeZoneInfo zone)
    {
        // Only digits and separators matter, which all encodings have in common.
        var rows = Encoding.Latin1.GetString(output).Replace("\0", string.Empty, StringComparison.Ordinal)
            .Split('\n')
            .Select(line => Field().Matches(line).Select(match => match.Groups[1].Value).ToArray())
            .Where(row => row.Length > ResultColumn)
            .ToArray();
        if (rows.Length == 0)
        {
            return new RenewalRuns();
        }

        var hasRun = long.TryParse(rows[0][ResultColumn], CultureInfo.InvariantCulture, out var result) && result != HasNotRun;
        return new RenewalRuns(
            rows.Min(row => ParseTime(row[NextColumn], culture, zone)),
            hasRun ? ParseTime(rows[0][LastColumn], culture, zone) : null,
            !hasRun ? null : result == IsRunning ? RenewalRuns.Running : RenewalRuns.DescribeExitCode(result));
    }

    private static DateTimeOffset? ParseTime(string text, CultureInfo culture, TimeZoneInfo zone) =>
        DateTime.TryParse(text, culture, DateTimeStyles.None, out var time) ? new DateTimeOffset(time, zone.GetUtcOffset(time)) : null;

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Field();
}
