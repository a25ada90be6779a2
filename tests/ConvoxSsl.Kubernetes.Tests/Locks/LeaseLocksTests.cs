using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Kubernetes.Tests.Locks;

/// <summary>Locks between sessions.</summary>
public abstract class LeaseLocksTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private const string Name = "certificate/cert-a";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private TestRack _rack = null!;

    private string LeasesPath => $"/apis/coordination.k8s.io/v1/namespaces/{_rack.Namespace}/leases";

    public async Task InitializeAsync() => _rack = await TestRack.CreateAsync(await start());

    public Task DisposeAsync()
    {
        _rack.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_lock_is_a_labelled_lease_that_is_deleted_on_release()
    {
        var heldLock = await _rack.Open().LockAsync(Name, () => Assert.Fail("Nobody holds it."), default);
        var lease = await LeaseAsync();
        Assert.Matches("^convoxssl-lock-certificate-[0-9a-f]{32}$", (string)lease["metadata"]!["name"]!);
        Assert.Equal("lock", (string?)lease["metadata"]!["labels"]!["convoxssl/kind"]);
        Assert.StartsWith(
            $"{Environment.MachineName}/{Environment.ProcessId}/", (string)lease["spec"]!["holderIdentity"]!, StringComparison.Ordinal);
        Assert.Equal(15, (int)lease["spec"]!["leaseDurationSeconds"]!);

        await heldLock.DisposeAsync();
        await heldLock.DisposeAsync();
        Assert.Empty(await _rack.Server.Admin.ListAsync(LeasesPath, default));
    }

    [Fact]
    public async Task Only_one_of_many_sessions_and_tasks_holds_a_lock()
    {
        var (inside, most, waits) = (0, 0, 0);
        var sessions = Enumerable.Range(0, 3).Select(_ => _rack.Open()).ToList();
        await Task.WhenAll(sessions.Concat(sessions).Select(session => Task.Run(async () =>
        {
            await using var heldLock = await session.LockAsync(Name, () => Interlocked.Increment(ref waits), default);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(20);
            Interlocked.Decrement(ref inside);
        })));

        Assert.Equal(1, most);
        Assert.InRange(waits, 1, 5);
    }

    [Fact]
    public async Task A_dead_holders_lock_is_taken_over_after_the_duration_of_its_lease()
    {
        // A renewal time of a machine whose clock is ahead: only the missing renewals show that the holder is dead.
        await HoldAsync("other/1/x", _time.GetUtcNow().AddHours(1));
        var waits = 0;
        var taking = _rack.Open(_time).LockAsync(Name, () => waits++, default);
        var began = _time.GetUtcNow();
        await using var heldLock = await FinishAsync(taking);

        Assert.Equal(1, waits);
        Assert.True(_time.GetUtcNow() - began >= TimeSpan.FromSeconds(15));
        Assert.Equal(1, (int)(await LeaseAsync())["spec"]!["leaseTransitions"]!);
    }

    [Fact]
    public async Task Two_locks_of_a_dead_holder_are_waited_for_at_once()
    {
        const string Names = "names/cert-a";
        foreach (var name in new[] { Names, Name })
        {
            await using var dying = await _rack.Open().LockAsync(name, null, default);
            var lease = (await _rack.Server.Admin.ListAsync(LeasesPath, default)).Single(
                l => ((string)l["spec"]!["holderIdentity"]!).StartsWith($"{Environment.MachineName}/", StringComparison.Ordinal));
            await _rack.Server.Admin.PatchAsync(
                $"{LeasesPath}/{lease["metadata"]!["name"]}",
                new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "other/1/x", ["renewTime"] = null } },
                default);
        }

        var session = _rack.Open(_time);
        var waits = 0;
        var taking = session.LockAsync(Names, [Name], () => waits++, default);
        while (!taking.IsCompleted)
        {
            // Longer than the duration of a lease, so that one step suffices for all leases that are observed.
            _time.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(20);
        }

        var names = await taking;
        await using var certificate = await session.LockAsync(Name, () => Assert.Fail("It has been waited for."), default);
        await names.DisposeAsync();
        Assert.Equal(1, waits);
    }

    [Fact]
    public async Task A_long_expired_lock_is_taken_over_at_once_by_only_one_session()
    {
        await HoldAsync("other/1/x", _time.GetUtcNow().AddSeconds(-76));
        var taking = Enumerable.Range(0, 4).Select(_ => _rack.Open(_time).LockAsync(Name, null, default)).ToList();
        await WaitUntilAsync(async () =>
        {
            await Task.Delay(5);
            return taking.Any(t => t.IsCompleted);
        });
        await Task.Delay(50);

        Assert.Equal(1, taking.Sum(t => t.IsCompleted ? 1 : 0));
        while (taking.Count > 0)
        {
            var done = await FinishAsync(Task.WhenAny(taking));
            taking.Remove(done);
            await (await done).DisposeAsync();
        }
    }

    [Fact]
    public async Task A_live_holders_lock_is_never_taken_over()
    {
        var holder = _rack.Open(_time);
        await using var heldLock = await holder.LockAsync(Name, null, default);
        using var stop = new CancellationTokenSource();
        var taking = _rack.Open(_time).LockAsync(Name, null, stop.Token);
        for (var i = 0; i < 20; i++)
        {
            var before = await RenewTimeAsync();
            _time.Advance(TimeSpan.FromSeconds(5));
            await WaitUntilAsync(async () =>
            {
                // The holder may have started its timer after the clock was advanced.
                _time.Advance(TimeSpan.FromMilliseconds(10));
                return await RenewTimeAsync() != before;
            });
            await Task.Delay(10);
        }

        Assert.False(taking.IsCompleted);
        await holder.Webhooks.RemoveAsync(default);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.StartsWith(
            $"{Environment.MachineName}/", (string)(await LeaseAsync())["spec"]!["holderIdentity"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_lost_a_lock_writes_nothing_until_it_is_released()
    {
        var session = _rack.Open(_time);
        var heldLock = await session.LockAsync(Name, null, default);
        await HoldAsync("other/1/x", _time.GetUtcNow());
        await WaitUntilAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
            return await IsRefusedAsync(session);
        });
        Assert.True(await IsRefusedAsync(session));

        await heldLock.DisposeAsync();
        Assert.False(await IsRefusedAsync(session));
        Assert.Equal("other/1/x", (string?)(await LeaseAsync())["spec"]!["holderIdentity"]);
    }

    [Fact]
    public async Task Missing_permissions_for_leases_are_reported()
    {
        var error = await Assert.ThrowsAsync<EngineException>(
            () => _rack.Open(token: _rack.Server.AddUser().Token).LockAsync(Name, null, default));
        Assert.Equal("ClusterForbidden", error.Code);
        Assert.Contains("leases", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_namespace_is_reported()
    {
        var locks = new ConvoxSsl.Kubernetes.Locks.LeaseLocks(_rack.Client(), _rack.Namespace + "-none", TimeProvider.System);
        var error = await Assert.ThrowsAsync<EngineException>(() => locks.TakeAsync(Name, [], null, default));
        Assert.Equal("NamespaceNotFound", error.Code);
    }

    protected static async Task<bool> IsRefusedAsync(IRack rack)
    {
        try
        {
            await rack.Webhooks.RemoveAsync(default);
            return false;
        }
        catch (EngineException e) when (e.Code == "LockLost")
        {
            Assert.Equal(EngineErrorKind.Busy, e.Kind);
            return true;
        }
    }

    /// <summary>Advances the clock until the task completes.</summary>
    private async Task<T> FinishAsync<T>(Task<T> task)
    {
        await WaitUntilAsync(async () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5);
            return task.IsCompleted;
        });
        return await task;
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> done)
    {
        for (var i = 0; !await done(); i++)
        {
            Assert.True(i < 2000, "It never came.");
        }
    }

    private async Task<JsonObject> LeaseAsync() => Assert.Single(await _rack.Server.Admin.ListAsync(LeasesPath, default));

    private async Task<string?> RenewTimeAsync() => (string?)(await LeaseAsync())["spec"]!["renewTime"];

    /// <summary>Gives the lease to another holder, and creates it if necessary.</summary>
    private async Task HoldAsync(string holder, DateTimeOffset renewed)
    {
        var text = renewed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        if ((await _rack.Server.Admin.ListAsync(LeasesPath, default)).Count == 0)
        {
            await using var heldLock = await _rack.Open().LockAsync(Name, null, default);
            var lease = await LeaseAsync();
            await heldLock.DisposeAsync();
            (lease["apiVersion"], lease["kind"]) = ("coordination.k8s.io/v1", "Lease");
            lease["metadata"]!.AsObject().Remove("resourceVersion");
            lease["metadata"]!.AsObject().Remove("uid");
            await _rack.Server.Admin.CreateAsync(lease, default);
        }

        var name = (string)(await LeaseAsync())["metadata"]!["name"]!;
        await _rack.Server.Admin.PatchAsync(
            $"{LeasesPath}/{name}",
            new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = holder, ["renewTime"] = text } },
            default);
    }
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class KubernetesLeaseLocksTests() : LeaseLocksTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedLeaseLocksTests() : LeaseLocksTests(() => KubernetesTestServers.ScriptedAsync());
