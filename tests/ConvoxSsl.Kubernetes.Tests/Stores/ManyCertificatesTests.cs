using System.Globalization;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>Racks with very many certificates. Not parallel, because the tests measure the memory of the process.</summary>
[Collection(nameof(ManyCertificatesTests))]
[CollectionDefinition(nameof(ManyCertificatesTests), DisableParallelization = true)]
public sealed class ManyCertificatesTests
{
    private const int PageSize = 250;

    [Fact]
    public async Task Ten_thousand_certificates_are_listed_in_order_in_pages_with_little_memory()
    {
        const int Count = 10_000;

        // Less than the memory for all certificates. Of it, buffers of server and client, which the runtime pools for each thread, use
        // up to 17 MiB, so that the certificates in memory are counted too: those of a page, and of the one that is read ahead.
        const int MostGrowth = 24 << 20;
        const int MostInMemory = 2 * PageSize;
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        using var home = await TestRack.CreateAsync(server);
        await FillAsync(home, Count);
        server.ClearCalls();

        var (listed, last, first) = (0, string.Empty, 0L);
        var entries = new List<WeakReference>(Count);
        await foreach (var entry in home.Open().Certificates.ListAsync(e => Assert.Fail(e.Message), default))
        {
            Assert.True(string.CompareOrdinal(last, entry.Record.Id) < 0);
            last = entry.Record.Id;
            entries.Add(new WeakReference(entry));
            if (listed++ % 1000 == 999)
            {
                Assert.InRange(server.Calls.Count, 1, (listed / PageSize) + 1);

                // Measure from the first pages on, which include the one-time allocations of server and client.
                var memory = GC.GetTotalMemory(forceFullCollection: true);
                first = first == 0 ? memory : first;
                Assert.InRange(memory - first, long.MinValue, MostGrowth);
                Assert.InRange(entries.Count(e => e.IsAlive), 1, MostInMemory);
            }
        }

        Assert.Equal(Count, listed);
    }

    [Fact]
    public async Task A_list_that_expires_on_the_server_continues_where_it_was()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        using var home = await TestRack.CreateAsync(server);
        await FillAsync(home, PageSize + 20);
        var ids = new List<string>();
        await foreach (var entry in home.Open().Certificates.ListAsync(null, default))
        {
            if (ids.Count == 0)
            {
                server.ExpireContinueTokens();
            }

            ids.Add(entry.Record.Id);
        }

        Assert.Equal(PageSize + 20, ids.Distinct().Count());
        Assert.Contains(server.Calls, c => c.Query.ContainsKey("continue"));
    }

    private static async Task FillAsync(TestRack home, int count)
    {
        var chain = ConvoxSecrets.CreateChain();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"cert-{i:00000}");
            await home.Server.Admin.CreateAsync(ConvoxSecrets.CreateTls(home.Namespace, name, chain.Full, chain.Key), ct);
        });
    }
}
