using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Scheduling;

namespace ConvoxSsl.Mapping;

/// <summary>Converts a CronJob in a cluster to the schedule that cmdlets output.</summary>
internal static class CronJobMapper
{
    private const string TimedOut = "DeadlineExceeded";

    /// <summary>Converts a CronJob.</summary>
    /// <param name="job">The CronJob.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="now">The current time.</param>
    public static ConvoxRenewalSchedule ToModel(this RenewalCronJob job, string rack, DateTimeOffset now)
    {
        var zone = CronJobTimes.FindZone(job.TimeZone);
        return new ConvoxRenewalSchedule
        {
            Scheduler = ConvoxScheduler.CronJob,
            Rack = rack,
            Times = CronJobTimes.FindTimes(job.Schedule, job.Command) is { } times
                ? [times.First.ToTimeSpan(), times.Second.ToTimeSpan()]
                : [],
            NextRun = zone is null || job.IsSuspended ? null : CronJobTimes.FindNext(job.Schedule, job.Command, zone, now),
            LastRun = job.LastRun is { } last ? TimeZoneInfo.ConvertTime(last, zone ?? TimeZoneInfo.Utc) : null,
            LastResult = DescribeResult(job),
            Location = $"CronJob {job.Name} in namespace {job.Namespace}{(job.IsSuspended ? ", suspended" : string.Empty)}",
            Command = DisplayText.OneLine(job.Command),
        };
    }

    private static string? DescribeResult(RenewalCronJob job) => job switch
    {
        { LastResult: null } => null,
        { LastResult: RenewalJobResult.Running } => RenewalRuns.Running,
        { LastResult: RenewalJobResult.Succeeded } => RenewalRuns.Succeeded,
        { Failure: TimedOut } => "Failed (timeout)",
        { Failure: { } reason } => $"Failed ({DisplayText.OneLine(reason)})",
        _ => "Failed",
    };
}
