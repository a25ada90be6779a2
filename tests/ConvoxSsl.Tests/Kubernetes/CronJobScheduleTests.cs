using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>
/// Tests Get-ConvoxRenewal with a CronJob in a real API server. It runs no controllers, so the tests write the states that they would.
/// </summary>
public sealed class CronJobScheduleTests : IAsyncLifetime
{
    // The version of CronJobs that the server of the tests has.
    private const string Version = "batch/v1beta1";

    private ClusterSession _session = null!;
    private string _cronJob = string.Empty;
    private string _uid = string.Empty;

    public async Task InitializeAsync() => _session = await ClusterSession.StartAsync(await KubernetesTestServers.RealAsync());

    public Task DisposeAsync()
    {
        _session.Dispose();
        return Task.CompletedTask;
    }

    [RealKubernetesFact]
    public async Task The_runs_of_the_CronJob_are_those_of_its_status_and_its_last_Job()
    {
        Assert.Empty((await GetAsync()).Succeeded().Of<ConvoxRenewalSchedule>());
        await CreateCronJobAsync();

        var registered = await GetScheduleAsync();
        Assert.Equal((ConvoxScheduler.CronJob, _session.Name, 2), (registered.Scheduler, registered.Rack, registered.TimesOfDay.Count));
        Assert.Equal($"CronJob {_cronJob[(_cronJob.LastIndexOf('/') + 1)..]} in namespace {_session.Namespace}", registered.Location);
        Assert.Contains("$PSStyle.OutputRendering", registered.Command, StringComparison.Ordinal);
        Assert.Equal((null, null), (registered.LastRun, registered.LastResult));
        Assert.Equal(TimeSpan.Zero, registered.NextRun!.Value.Offset);
        Assert.Contains($"{registered.NextRun:HH:mm:ss}", registered.TimesOfDay);

        await ScheduleAsync("2026-01-02T05:17:00Z", isActive: true);
        await CreateJobAsync("first", "2026-01-02T05:17:01Z", null, null);
        await AssertLastAsync("2026-01-02T05:17:01Z", "Running");

        await SetConditionAsync("first", "Complete", null);
        await ScheduleAsync("2026-01-02T05:17:00Z", isActive: false);
        await AssertLastAsync("2026-01-02T05:17:01Z", "Succeeded");

        await ScheduleAsync("2026-01-02T17:17:00Z", isActive: false);
        await CreateJobAsync("second", "2026-01-02T17:17:02Z", "Failed", "DeadlineExceeded");
        await AssertLastAsync("2026-01-02T17:17:02Z", "Failed (timeout)");

        await ScheduleAsync("2026-01-03T05:17:00Z", isActive: false);
        await CreateJobAsync("third", "2026-01-03T05:17:02Z", "Failed", "BackoffLimitExceeded");
        await AssertLastAsync("2026-01-03T05:17:02Z", "Failed");
    }

    [RealKubernetesFact]
    public async Task The_CronJob_of_a_rack_in_a_volume_is_found_in_its_namespace()
    {
        const string Rack = "-Rack /var/lib/convoxssl -Namespace $Namespace";
        _session.PowerShell.Set("Namespace", _session.Namespace);
        await CreateCronJobAsync($"Register-ConvoxRenewal -Image registry.example.org/convoxssl:1 -VolumeClaim rack {Rack}");

        foreach (var command in new[] { "Get-ConvoxRenewal CronJob", "Get-ConvoxRenewal -WarningAction Ignore" })
        {
            var found = (await _session.RunAsync($"{command} {Rack} -KubeConfig $KubeConfig")).Succeeded();
            var schedule = Assert.Single(found.Of<ConvoxRenewalSchedule>());
            Assert.Equal((ConvoxScheduler.CronJob, "/var/lib/convoxssl/rack"), (schedule.Scheduler, schedule.Rack));
            Assert.NotNull(schedule.NextRun);
        }

        var other = await _session.RunAsync("Get-ConvoxRenewal CronJob -Rack /srv/other -Namespace $Namespace -KubeConfig $KubeConfig");
        Assert.Empty(other.Succeeded().Objects);
        var withoutNamespace = Assert.Single((await _session.RunAsync("Get-ConvoxRenewal CronJob -Rack /var/lib/convoxssl")).Errors);
        Assert.StartsWith("ConvoxSsl.CronJobNotInstalled,", withoutNamespace.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [RealKubernetesFact]
    public async Task Without_its_Jobs_the_status_of_the_CronJob_tells_the_last_run()
    {
        await CreateCronJobAsync();
        await CreateJobAsync("earlier", "2026-01-01T05:17:01Z", "Complete", null);

        await ScheduleAsync("2026-01-02T05:17:00Z", isActive: true);
        await AssertLastAsync("2026-01-02T05:17:00Z", "Running");
        await ScheduleAsync("2026-01-02T05:17:00Z", isActive: false);
        await AssertLastAsync("2026-01-02T05:17:00Z", "Failed");

        var suspend = new JsonObject { ["spec"] = new JsonObject { ["suspend"] = true } };
        await _session.Server.Admin.PatchAsync(_cronJob, suspend, default);
        var suspended = await GetScheduleAsync();
        Assert.Null(suspended.NextRun);
        Assert.EndsWith(", suspended", suspended.Location, StringComparison.Ordinal);
    }

    [RealKubernetesFact]
    public async Task Without_permission_a_warning_names_it()
    {
        await CreateCronJobAsync();
        var user = _session.Server.AddUser();
        await _session.Server.GrantAsync(user, _session.Namespace, default, new RbacRule("", "secrets", "get,list"));
        _session.Become(user.Token);

        var error = Assert.Single((await GetAsync()).Errors);
        Assert.StartsWith("ConvoxSsl.ClusterForbidden,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        var run = (await _session.RunConnectedAsync("Get-ConvoxRenewal")).Succeeded();
        Assert.Empty(run.Objects);
        Assert.Contains("cronjobs.batch", run.Warnings[^1], StringComparison.Ordinal);
    }

    // The manifest that Register-ConvoxRenewal writes, as kubectl sends it.
    private async Task CreateCronJobAsync(string command = "Register-ConvoxRenewal -Image registry.example.org/convoxssl:1")
    {
        var manifest = (await _session.RunConnectedAsync(command)).Succeeded().Of<string>().Single();
        using var body = new StringContent(
            manifest.Replace("batch/v1\n", $"{Version}\n", StringComparison.Ordinal), Encoding.UTF8, "application/yaml");
        using var response = await _session.Server.Admin.Http.PostAsync(
            new Uri($"/apis/{Version}/namespaces/{_session.Namespace}/cronjobs", UriKind.Relative), body);
        var created = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True(response.IsSuccessStatusCode, created.ToJsonString());
        _cronJob = $"/apis/{Version}/namespaces/{_session.Namespace}/cronjobs/{created["metadata"]!["name"]}";
        _uid = (string)created["metadata"]!["uid"]!;
    }

    private Task ScheduleAsync(string time, bool isActive) => PatchAsync($"{_cronJob}/status", new JsonObject
    {
        ["lastScheduleTime"] = time,
        ["active"] = isActive ? new JsonArray(new JsonObject { ["kind"] = "Job", ["name"] = "first" }) : null,
    });

    private async Task CreateJobAsync(string name, string start, string? condition, string? reason)
    {
        const string Job = """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"NAME","namespace":"NAMESPACE","ownerReferences":[
              {"apiVersion":"batch/v1beta1","kind":"CronJob","name":"CRONJOB","uid":"UID"}]},
             "spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"renewal","image":"i"}]}}}}
            """;
        await _session.Server.Admin.CreateAsync(
            Job.Replace("NAMESPACE", _session.Namespace, StringComparison.Ordinal)
                .Replace("NAME", name, StringComparison.Ordinal)
                .Replace("CRONJOB", _cronJob[(_cronJob.LastIndexOf('/') + 1)..], StringComparison.Ordinal)
                .Replace("UID", _uid, StringComparison.Ordinal),
            default);
        await PatchAsync($"{GetPath(name)}/status", new JsonObject { ["startTime"] = start, ["active"] = 1 });
        if (condition is not null)
        {
            await SetConditionAsync(name, condition, reason);
        }
    }

    private Task SetConditionAsync(string job, string type, string? reason) => PatchAsync($"{GetPath(job)}/status", new JsonObject
    {
        ["active"] = 0,
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = type, ["status"] = "True", ["reason"] = reason }),
    });

    private string GetPath(string job) => $"/apis/batch/v1/namespaces/{_session.Namespace}/jobs/{job}";

    private async Task PatchAsync(string path, JsonObject status) =>
        await _session.Server.Admin.PatchAsync(path, new JsonObject { ["status"] = status }, default);

    private Task<PowerShellResult> GetAsync() => _session.RunConnectedAsync("Get-ConvoxRenewal CronJob");

    private async Task<ConvoxRenewalSchedule> GetScheduleAsync() =>
        (await GetAsync()).Succeeded().Of<ConvoxRenewalSchedule>().Single();

    private async Task AssertLastAsync(string run, string result)
    {
        var schedule = await GetScheduleAsync();
        Assert.Equal((run, result), ($"{schedule.LastRun:yyyy-MM-ddTHH:mm:ssZ}", schedule.LastResult));
    }
}
