using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Kubernetes.Tests.Locks;

/// <summary>Locks when the API server fails.</summary>
public sealed class LeaseFaultTests : IAsyncLifetime
{
    private const string Name = "certificate/cert-a";

    private readonly FakeTimeProvider _time = new();
    private ScriptedKubernetesServer _server = null!;
    private TestRack _rack = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        _rack = await TestRack.CreateAsync(_server);
    }

    public async Task DisposeAsync()
    {
        _rack.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_that_is_not_renewed_in_time_is_lost_and_released_without_an_error()
    {
        var session = _rack.Open(_time);
        var heldLock = await session.LockAsync(Name, null, default);
        _server.Faults.Add(KubernetesFault.OnAny().Reset().Always());
        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        var lost = await Assert.ThrowsAsync<EngineException>(() => session.Webhooks.RemoveAsync(default));
        Assert.Equal(("LockLost", EngineErrorKind.Busy), (lost.Code, lost.Kind));

        // The lock stays lost, because another process may have held it meanwhile.
        _server.Faults.Clear();
        await Assert.ThrowsAsync<EngineException>(() => session.Webhooks.RemoveAsync(default));
        _server.Faults.Add(KubernetesFault.OnAny().Reset().Always());
        var giving = heldLock.DisposeAsync().AsTask();
        while (!giving.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        await giving;
        _server.Faults.Clear();
        await session.Webhooks.RemoveAsync(default);
    }

    [Fact]
    public async Task A_failed_renewal_is_retried()
    {
        var session = _rack.Open(_time);
        await using var heldLock = await session.LockAsync(Name, null, default);
        _server.Faults.Add(KubernetesFault.On(c => c.Method == "PATCH").Respond(KubernetesResponse.InternalError()).Times(2));

        // Longer than the lease's duration, in steps that pauses of a busy machine do not exceed.
        for (var i = 0; i < 400; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(10);
        }

        await session.Webhooks.RemoveAsync(default);
    }

    [Fact]
    public async Task A_lock_whose_creation_was_not_confirmed_is_held()
    {
        _server.Faults.Add(KubernetesFault.On("POST", "/leases").LoseResponse());
        await using var heldLock = await _rack.Open().LockAsync(Name, () => Assert.Fail("Nobody else holds it."), default);
        Assert.Single(await _server.Admin.ListAsync($"/apis/coordination.k8s.io/v1/namespaces/{_rack.Namespace}/leases", default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancellation_while_acquiring_a_lock_leaves_no_lease(bool losesResponse)
    {
        using var stop = new CancellationTokenSource();
        if (losesResponse)
        {
            _server.Faults.Add(KubernetesFault.On("POST", "/leases").LoseResponse());
        }

        _server.Faults.Add(KubernetesFault.On("POST", "/leases").Do(async (_, _) => await stop.CancelAsync()));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rack.Open().LockAsync(Name, null, stop.Token));
        Assert.Empty(await ListLeasesAsync());
    }

    [Fact]
    public async Task A_lease_that_appears_after_its_creation_was_given_up_is_removed()
    {
        using var stop = new CancellationTokenSource();
        var created = new TaskCompletionSource();
        _server.Faults.Add(KubernetesFault.On("POST", "/leases").Do(async (_, _) =>
        {
            await stop.CancelAsync();
            await created.Task;
        }));
        var taking = _rack.Open(_time).LockAsync(Name, null, stop.Token);

        // The request before the creation, and the first look after it was given up.
        await AdvanceAsync(() => _server.Calls.Count(c => c.Method == "GET" && c.Path.Contains("/leases/", StringComparison.Ordinal)) >= 2);
        created.SetResult();
        while ((await ListLeasesAsync()).Count == 0 && !taking.IsCompleted)
        {
            await Task.Delay(5);
        }

        await AdvanceAsync(() => taking.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.Empty(await ListLeasesAsync());
    }

    private Task<IReadOnlyList<JsonObject>> ListLeasesAsync() =>
        _server.Admin.ListAsync($"/apis/coordination.k8s.io/v1/namespaces/{_rack.Namespace}/leases", default);

    private async Task AdvanceAsync(Func<bool> isDone)
    {
        while (!isDone())
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(20);
        }
    }
}
