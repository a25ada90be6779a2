using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Solvers;

/// <summary>Solvers after interrupted commands and with missing permissions, on a separate scripted server.</summary>
public sealed class SolverFaultTests
{
    private static readonly DnsSolver Old = SolverCluster.Cloudflare(1, "old.example");
    private static readonly DnsSolver New = SolverCluster.Cloudflare(1, "new.example", "newer.example");

    [Fact]
    public async Task An_interrupted_addition_loses_nothing_and_can_be_repeated()
    {
        var writes = await InterruptEachWriteAsync(
            _ => Task.CompletedTask,
            c => c.Store.SaveAsync(Old, new DnsSecret("token"), default),
            async (c, _) =>
                Assert.Equal(
                    "9 other.example", (await c.DescribeListedAsync()).Replace("1 old.example; ", string.Empty, StringComparison.Ordinal)),
            async c =>
                Assert.Equal(
                    ("1 old.example; 9 other.example", string.Empty, "token"),
                    (await c.DescribeListedAsync(), await c.DescribeDetachedAsync(), await TokenAsync(c))));

        // The writes: credential, backup, list (created by another solver already), issuer.
        Assert.Equal(4, writes);
    }

    [Fact]
    public async Task An_interrupted_change_of_zones_leaves_no_old_zones_when_it_is_repeated()
    {
        var writes = await InterruptEachWriteAsync(
            c => c.Store.SaveAsync(Old, new DnsSecret("token"), default),
            c => c.Store.SaveAsync(New, null, default),
            async (c, _) => Assert.Contains("example; 9 other.example", await c.DescribeListedAsync(), StringComparison.Ordinal),
            async c =>
            {
                Assert.Equal("1 new.example,newer.example; 9 other.example", await c.DescribeListedAsync());
                Assert.Equal("route53 other.example; cloudflare new.example,newer.example", await c.DescribeAttachedAsync());
                Assert.Equal("token", await TokenAsync(c));
                Assert.DoesNotContain(
                    "formerZones",
                    await c.ValueAsync(c.Namespace, "convoxssl-solvers", "solvers") ?? string.Empty,
                    StringComparison.Ordinal);
            });

        // The writes: backup, list, issuer, and the backup without the former zones.
        Assert.Equal(4, writes);
    }

    [Fact]
    public async Task An_interrupted_removal_keeps_the_solver_listed_and_can_be_repeated()
    {
        var writes = await InterruptEachWriteAsync(
            c => c.Store.SaveAsync(Old, new DnsSecret("token"), default),
            c => c.Store.RemoveAsync(1, default),
            async (c, _) => Assert.Equal("1 old.example; 9 other.example", await c.DescribeListedAsync()),
            async c =>
            {
                Assert.Equal(
                    ("9 other.example", "route53 other.example", null),
                    (await c.DescribeListedAsync(), await c.DescribeAttachedAsync(), await TokenAsync(c)));
                Assert.Null(await c.ValueAsync(c.Namespace, "convoxssl-solvers", "cloudflare-dns-credential-1"));
            });

        Assert.Equal(4, writes);
    }

    [Fact]
    public async Task Without_cert_manager_solvers_are_in_the_backup_and_none_is_detached()
    {
        foreach (var version in new[] { CertManagerVersion.None, CertManagerVersion.V1_10_2 })
        {
            await using var server = await ScriptedKubernetesServer.StartAsync(
                new ScriptedKubernetesOptions { CertManager = version }, default);
            var cluster = await SolverCluster.StartAsync(server, hasCertManager: false);
            var route53 = new DnsSolver { Id = 2, DnsZones = ["example.com"], Settings = new Route53Settings { ExternalId = "x" } };
            await cluster.Store.SaveAsync(Old, new DnsSecret("token"), default);
            await cluster.Store.SaveAsync(route53, null, default);

            Assert.Equal(
                ("1 old.example; 2 example.com", string.Empty),
                (await cluster.DescribeListedAsync(), await cluster.DescribeDetachedAsync()));
            Assert.Equal("token", (await cluster.Store.ReadSecretAsync(Old, default))!.Value);
            Assert.Equal("NoDnsRole", (await Assert.ThrowsAsync<EngineException>(() => cluster.Store.FindRoleAsync(default))).Code);
            await cluster.Store.RemoveAsync(1, default);
            Assert.Null(await cluster.Store.ReadSecretAsync(Old, default));
            await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Missing_permissions_for_the_list_are_reported_and_those_for_the_namespace_are_not_needed()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        await using var cluster = await SolverCluster.StartAsync(server);
        await cluster.Convox.StartAsync("""{"solvers":[]}""");
        var user = server.AddUser();
        await server.GrantAsync(user, cluster.Namespace, default, new RbacRule(string.Empty, "secrets", "get,create,patch"));
        var store = cluster.NewStore(user.Token);

        var error = await Assert.ThrowsAsync<EngineException>(() => store.ListAsync(default));
        Assert.Equal("ClusterForbidden", error.Code);
        Assert.Contains("get secrets in the namespace 'cert-manager'", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<EngineException>(() => store.SaveAsync(Old, new DnsSecret("very-secret"), default));
        Assert.Equal("ClusterForbidden", error.Code);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);

        await server.GrantAsync(user, "cert-manager", default, new RbacRule(string.Empty, "secrets", "get,create,patch,delete"));
        await server.GrantAsync(user, null, default, new RbacRule("cert-manager.io", "clusterissuers", "get,patch"));
        await store.SaveAsync(Old, new DnsSecret("token"), default);
        Assert.Equal(("1 old.example", string.Empty), (await cluster.DescribeListedAsync(), await cluster.DescribeDetachedAsync()));
        await store.RemoveAsync(1, default);
        Assert.Empty(await store.ListAsync(default));
    }

    [Fact]
    public async Task A_damaged_backup_or_credential_is_one_error_that_quotes_nothing()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        await using var cluster = await SolverCluster.StartAsync(server);
        await cluster.Store.SaveAsync(Old, new DnsSecret("token"), default);
        var secret = $"/api/v1/namespaces/{cluster.Namespace}/secrets/convoxssl-solvers";

        foreach (var text in new[] { "very-secret", "[1]", """{"solvers":[{"id":"very-secret"}]}""", """{"solvers":[null]}""" })
        {
            await cluster.Admin.PatchAsync(
                secret,
                new JsonObject
                {
                    ["data"] = new JsonObject { ["solvers"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) },
                },
                default);
            var error = await Assert.ThrowsAsync<EngineException>(() => cluster.Store.SaveAsync(New, null, default));
            Assert.Equal("SolversDamaged", error.Code);
            Assert.Contains($"{cluster.Namespace}/convoxssl-solvers", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
            Assert.Equal(text, await cluster.ValueAsync(cluster.Namespace, "convoxssl-solvers", "solvers"));
        }
    }

    /// <summary>Interrupts a command at each of its writes: once before the write, once with only the response lost.</summary>
    /// <returns>The number of writes.</returns>
    private static async Task<int> InterruptEachWriteAsync(
        Func<SolverCluster, Task> prepare,
        Func<SolverCluster, Task> command,
        Func<SolverCluster, int, Task> checkHalf,
        Func<SolverCluster, Task> checkWhole)
    {
        for (var write = 0; ; write++)
        {
            await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
            await using var cluster = await SolverCluster.StartAsync(server);
            await cluster.Convox.StartAsync("""{"solvers":[]}""");
            await cluster.Store.SaveAsync(SolverCluster.Route53(9, "other.example"), null, default);
            await prepare(cluster);

            server.ClearCalls();
            server.Faults.Add(KubernetesFault.On(c => c.IsWriting)
                .After(write)
                .Respond(KubernetesResponse.Forbidden("denied by a webhook")));
            var failure = await Record.ExceptionAsync(() => command(cluster));
            server.Faults.Clear();
            if (failure is null)
            {
                await checkWhole(cluster);
                return write;
            }

            Assert.Equal("ClusterRefused", Assert.IsType<EngineException>(failure).Code);
            Assert.DoesNotContain("token", failure.ToString(), StringComparison.Ordinal);
            await checkHalf(cluster, write);
            await command(cluster);
            await checkWhole(cluster);
        }
    }

    private static Task<string?> TokenAsync(SolverCluster cluster) =>
        cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-1", "api-token");
}
