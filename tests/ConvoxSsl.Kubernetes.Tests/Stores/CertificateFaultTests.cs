using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>Certificates when the API server fails, and with concurrent sessions.</summary>
public sealed class CertificateFaultTests : IAsyncLifetime
{
    private static readonly CertificateRecord Record = new() { Id = "cert-a", Domains = ["www.example.org"], Issuer = "imported" };

    private ScriptedKubernetesServer _server = null!;
    private TestRack _home = null!;
    private KubernetesRack _rack = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        _home = await TestRack.CreateAsync(_server);
        _rack = _home.Open();
    }

    public async Task DisposeAsync()
    {
        _home.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Cancellation_at_any_request_leaves_a_complete_certificate_for_the_next_writer()
    {
        var first = ConvoxSecrets.CreateChain();
        await AddAsync(_rack, first);
        var second = ConvoxSecrets.CreateChain();
        var steps = await CountWritesAsync(second);
        Assert.InRange(steps, 3, 10);
        for (var step = 0; step < steps; step++)
        {
            await _rack.Certificates.RemoveAsync("cert-a", default);
            await AddAsync(_rack, first);
            _server.Faults.Add(KubernetesFault.On(c => c.IsWriting)
                .After(step)
                .Respond(KubernetesResponse.Forbidden("stopped here"))
                .Always());
            await TryAddAsync(second);
            _server.Faults.Clear();

            var found = (await _rack.Certificates.FindAsync("cert-a", default))!;
            Assert.Contains(found.Live.Thumbprint, new[] { first.Thumbprint, second.Thumbprint });
            using (var live = await _rack.Certificates.ReadAsync("cert-a", found.LiveVersion, default))
            {
                Assert.True(live.Key!.Matches(live.Chain.Leaf));
                Assert.Equal(found.Live.Thumbprint, live.Chain.Leaf.Thumbprint);
            }

            await _rack.Certificates.RemoveLeftoversAsync("cert-a", default);
            Assert.Equal(["cert-a", .. found.Versions.Select(v => $"convoxssl-cert-a-v{v.Number}")], await _home.SecretNamesAsync());
            Assert.Equal(found.LiveVersion + 1, (await AddAsync(_rack, ConvoxSecrets.CreateChain())).LiveVersion);
        }
    }

    [Fact]
    public async Task A_kill_before_the_switch_keeps_the_old_version_live_and_the_next_writer_cleans_up()
    {
        var first = ConvoxSecrets.CreateChain();
        await AddAsync(_rack, first);
        _server.Faults.Add(KubernetesFault.On("PATCH", "/secrets/cert-a").Respond(KubernetesResponse.Forbidden("stopped here")));
        await Assert.ThrowsAsync<EngineException>(() => AddAsync(_rack, ConvoxSecrets.CreateChain()));

        Assert.Contains("convoxssl-cert-a-v2", await _home.SecretNamesAsync());
        var found = (await _rack.Certificates.FindAsync("cert-a", default))!;
        Assert.Equal((1, first.Thumbprint), (found.LiveVersion, found.Live.Thumbprint));
        await Assert.ThrowsAsync<EngineException>(() => _rack.Certificates.SwitchAsync("cert-a", 2, default));

        var third = ConvoxSecrets.CreateChain();
        Assert.Equal(2, (await AddAsync(_rack, third)).LiveVersion);
        Assert.Equal(["cert-a", "convoxssl-cert-a-v1", "convoxssl-cert-a-v2"], await _home.SecretNamesAsync());
        using var material = await _rack.Certificates.ReadAsync("cert-a", 2, default);
        Assert.Equal(third.Key, material.Key!.ToPem());
    }

    [Theory]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("reset")]
    [InlineData("reset afterwards")]
    [InlineData("cut")]
    public async Task A_failed_request_is_retried_and_changes_nothing_twice(string fault)
    {
        await AddAsync(_rack, ConvoxSecrets.CreateChain());
        for (var step = 0; step < 8; step++)
        {
            var on = KubernetesFault.OnAny().After(step);
            _server.Faults.Add(fault switch
            {
                "429" => on.Respond(KubernetesResponse.TooManyRequests(0)),
                "500" => on.Respond(KubernetesResponse.InternalError()),
                "reset" => on.Reset(),
                "reset afterwards" => on.LoseResponse(),
                _ => on.CutBody(),
            });
            var added = await AddAsync(_rack, ConvoxSecrets.CreateChain());
            _server.Faults.Clear();

            Assert.Equal(step + 2, added.LiveVersion);
            Assert.Equivalent(added, await _rack.Certificates.FindAsync("cert-a", default), strict: true);
            Assert.Equal(1 + added.Versions.Count, (await _home.SecretNamesAsync()).Count);
        }
    }

    [Fact]
    public async Task Two_sessions_add_versions_and_lose_none()
    {
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var session = _home.Open();
            for (var i = 0; i < 3; i++)
            {
                await using var heldLock = await session.LockAsync("certificate/cert-a", null, default);
                await AddAsync(session, ConvoxSecrets.CreateChain(), keep: 10);
            }
        })));

        var found = (await _rack.Certificates.FindAsync("cert-a", default))!;
        Assert.Equal([1, 2, 3, 4, 5, 6], found.Versions.Select(v => v.Number));
        Assert.Equal(7, (await _home.SecretNamesAsync()).Count);
    }

    [Fact]
    public async Task A_version_written_concurrently_by_another_program_is_not_overwritten()
    {
        await AddAsync(_rack, ConvoxSecrets.CreateChain());
        var theirs = ConvoxSecrets.CreateChain();
        _server.Faults.Add(KubernetesFault.On("PATCH", "/secrets/cert-a").Do((_, ct) => _server.Admin.PatchAsync(
            $"{_home.SecretsPath}/cert-a",
            new System.Text.Json.Nodes.JsonObject
            {
                ["data"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["tls.crt"] = ConvoxSecrets.Base64(theirs.Full),
                    ["tls.key"] = ConvoxSecrets.Base64(theirs.Key),
                },
            },
            ct)));
        var conflict = await Assert.ThrowsAsync<EngineException>(() => AddAsync(_rack, ConvoxSecrets.CreateChain()));
        Assert.Equal(("ClusterConflict", EngineErrorKind.Busy), (conflict.Code, conflict.Kind));
        Assert.Equal(theirs.Thumbprint, (await _rack.Certificates.FindAsync("cert-a", default))!.Live.Thumbprint);
        Assert.Equal(3, (await AddAsync(_rack, ConvoxSecrets.CreateChain())).LiveVersion);
    }

    [Fact]
    public async Task Missing_permissions_are_reported_without_a_secret()
    {
        var chain = ConvoxSecrets.CreateChain();
        var stranger = _home.Open(token: _server.AddUser().Token);
        var failures = new[]
        {
            await Assert.ThrowsAsync<EngineException>(() => stranger.Certificates.FindAsync("cert-a", default)),
            await Assert.ThrowsAsync<EngineException>(() => AddAsync(stranger, chain)),
            await Assert.ThrowsAsync<EngineException>(async () => await stranger.Certificates.ListAsync(null, default).ToListAsync()),
            await Assert.ThrowsAsync<EngineException>(() =>
                stranger.Accounts.SaveAsync(
                    new AccountRecord { DirectoryUrl = new Uri("https://ca.example/"), Created = ConvoxSecrets.Now },
                    chain.ToMaterial().Key!,
                    default)),
        };
        Assert.All(failures, f =>
        {
            Assert.Equal("ClusterForbidden", f.Code);
            Assert.DoesNotContain("PRIVATE KEY", f.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(chain.Key[40..80], f.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_session_that_lost_a_lock_writes_no_certificate()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var session = _home.Open(time);
        await AddAsync(session, ConvoxSecrets.CreateChain());
        await using var heldLock = await session.LockAsync("certificate/cert-a", null, default);
        var other = KubernetesFault.On(c => c.Path.Contains("/leases", StringComparison.Ordinal)).NeverRespond().Always();
        _server.Faults.Add(other);
        time.Advance(TimeSpan.FromSeconds(15));
        _server.ClearCalls();

        var entry = (await session.Certificates.FindAsync("cert-a", default))!;
        var writes = new Func<Task>[]
        {
            () => AddAsync(session, ConvoxSecrets.CreateChain()),
            () => session.Certificates.UpdateAsync(entry with { Record = entry.Record with { Issuer = "x" } }, default),
            () => session.Certificates.RemoveAsync("cert-a", default),
            () => session.Orders.RemoveAsync("cert-a", default),
            () => session.Accounts.RemoveAsync(new Uri("https://ca.example/"), default),
        };
        foreach (var write in writes)
        {
            Assert.Equal("LockLost", (await Assert.ThrowsAsync<EngineException>(write)).Code);
        }

        Assert.DoesNotContain(_server.WritingCalls, c => c.Path.Contains("/secrets", StringComparison.Ordinal));
        _server.Faults.Clear();
    }

    private static Task<CertificateEntry> AddAsync(KubernetesRack rack, TestChain chain, int keep = 3) =>
        rack.Certificates.AddVersionAsync(Record, chain.ToMaterial(), ConvoxSecrets.Now, ConvoxSecrets.Now.AddDays(60), keep, default);

    private async Task TryAddAsync(TestChain chain)
    {
        try
        {
            await AddAsync(_rack, chain, keep: 1);
        }
        catch (EngineException e) when (e.Code == "ClusterRefused")
        {
        }
    }

    private async Task<int> CountWritesAsync(TestChain chain)
    {
        _server.ClearCalls();
        await AddAsync(_rack, chain, keep: 1);
        return _server.WritingCalls.Count;
    }
}
