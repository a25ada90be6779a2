using System.Globalization;

namespace ConvoxSsl.Scheduling;

/// <summary>The runs of a registration. What the scheduler does not record is null.</summary>
/// <param name="Next">The time of the next run, in the time zone of the scheduler.</param>
/// <param name="Last">The time of the last run, in the time zone of the scheduler.</param>
/// <param name="Result">The result of the last run.</param>
public sealed record RenewalRuns(DateTimeOffset? Next = null, DateTimeOffset? Last = null, string? Result = null)
{
    /// <summary>The result of a run without an error.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>The result of a run that has not ended.</summary>
    public const string Running = "Running";

    internal static string DescribeExitCode(long code) =>
        code == 0 ? Succeeded : string.Create(CultureInfo.InvariantCulture, $"Failed (exit code {code})");
}
