using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Renewals;

/// <summary>Reads the CronJob that renews the certificates of a rack, and the outcome of its last Job.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1"/>
internal sealed class KubernetesScheduler(ClusterApi api, RackScope scope) : IRackScheduler
{
    // The reason of a Job whose pod failed says nothing about the cause.
    private const string PodFailed = "BackoffLimitExceeded";

    /// <inheritdoc/>
    public async Task<RenewalCronJob?> FindAsync(string name, CancellationToken ct)
    {
        var found = await api.FindAsync(ApiResource.CronJobs, scope.Namespace, name, ct).ConfigureAwait(false)
            ?? await api.FindAsync(ApiResource.EarlierCronJobs, scope.Namespace, name, ct).ConfigureAwait(false);
        if (found is null)
        {
            return null;
        }

        var job = await FindLastJobAsync(found.At("metadata").Text("uid"), ct).ConfigureAwait(false);
        var (lastRun, result, failure) = Evaluate(found.At("status"), job);
        var spec = found.At("spec");
        return new RenewalCronJob
        {
            Name = name,
            Namespace = scope.Namespace,
            Schedule = spec.Text("schedule") ?? string.Empty,
            TimeZone = spec.Text("timeZone"),
            IsSuspended = (bool?)spec?["suspend"] ?? false,
            Command = GetCommand(spec),
            LastRun = lastRun,
            LastResult = result,
            Failure = failure,
        };
    }

    // The Jobs of a CronJob have no common label, only their owner.
    private async Task<JsonObject?> FindLastJobAsync(string? owner, CancellationToken ct)
    {
        JsonObject? last = null;
        try
        {
            await foreach (var job in api.ListAsync(ApiResource.Jobs, scope.Namespace, null, null, ct).ConfigureAwait(false))
            {
                if (job.At("metadata").Objects("ownerReferences").Any(reference => reference.Text("uid") == owner)
                    && (last is null || GetStart(job) > GetStart(last)))
                {
                    last = job;
                }
            }
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // The status of the CronJob says less, but enough.
        }

        return last;
    }

    private static (DateTimeOffset? LastRun, RenewalJobResult? Result, string? Failure) Evaluate(JsonObject? status, JsonObject? job)
    {
        var scheduled = status.Time("lastScheduleTime");
        if (job is not null && GetStart(job) is { } start && (scheduled is null || start >= scheduled))
        {
            var (result, failure) = EvaluateJob(job);
            return (start, result, failure);
        }

        // The last Job is deleted or cannot be read.
        return scheduled is null ? (null, null, null)
            : status.Objects("active").Any() ? (scheduled, RenewalJobResult.Running, null)
            : status.Time("lastSuccessfulTime") >= scheduled ? (scheduled, RenewalJobResult.Succeeded, null)
            : (scheduled, RenewalJobResult.Failed, null);
    }

    private static (RenewalJobResult Result, string? Failure) EvaluateJob(JsonObject job)
    {
        var conditions = job.At("status").Objects("conditions").Where(condition => condition.Text("status") == "True").ToList();
        if (conditions.Find(condition => condition.Text("type") == "Failed") is { } failed)
        {
            var reason = failed.Text("reason");
            return (RenewalJobResult.Failed, reason == PodFailed ? null : reason);
        }

        var isComplete = conditions.Exists(condition => condition.Text("type") == "Complete");
        return (isComplete ? RenewalJobResult.Succeeded : RenewalJobResult.Running, null);
    }

    private static DateTimeOffset? GetStart(JsonObject job) =>
        job.At("status").Time("startTime") ?? job.At("metadata").Time("creationTimestamp");

    // Kubernetes replaces $(name) in commands; $$ stands for one dollar sign.
    private static string GetCommand(JsonObject? spec)
    {
        var container = spec.At("jobTemplate", "spec", "template", "spec").Objects("containers").FirstOrDefault();
        return (container.Texts("args") is [.., var script] ? script : string.Empty).Replace("$$", "$", StringComparison.Ordinal);
    }
}
