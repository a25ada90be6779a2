using System.Globalization;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.Works;

/// <summary>Many certificates: the module as one batch, PowerShell peers in one session, other peers one process after another.</summary>
internal sealed class Batches(IReadOnlyList<IPeer> peers, PowerShellProgram program, RowTable table)
{
    public const string EightAtATime = Lego.PeerName + ", eight at a time";

    public const string ThousandTitle = "1,000 certificates in ten zones, DNS-01";

    private const int Count = 100;
    private const int Thousand = 1000;

    // 100 certificates would take the peers hours. The table shows how many each issued, and compares per certificate.
    private const int InSession = 5;
    private const int InProcesses = 4;
    private const int AtATime = 8;

    /// <summary>The name of the work with 100 certificates.</summary>
    public static string Title(ChallengeKind proof) => $"{Count} certificates, {(proof == ChallengeKind.Http01 ? "http-01" : "DNS-01")}";

    /// <summary>Issues a hundred certificates with an existing account.</summary>
    public async Task RunHundredAsync(ChallengeKind proof, CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        foreach (var peer in peers.Where(p => p.Offers(proof)))
        {
            var place = new PeerContext(world, world.NewFolder(peer.Name), proof);
            await TryAsync($"{peer.Name}, {Title(proof)}", async () =>
            {
                table.Add(peer switch
                {
                    ConvoxSslPeer ours => await RunInSessionAsync(ours, place, Title(proof), Count, rounds: 3, ct),
                    ISessionPeer session => await RunInSessionAsync(session, place, Title(proof), InSession, rounds: 1, ct),
                    _ => await RunSequentiallyAsync(peer, place, ct),
                });
            });
        }

        if (peers.OfType<Lego>().Any())
        {
            await TryAsync($"{EightAtATime}, {Title(proof)}", async () =>
                table.Add(await RunConcurrentlyAsync(new PeerContext(world, world.NewFolder("lego-8"), proof), ct)));
        }
    }

    /// <summary>Issues a thousand certificates with dns-01; the module only, because the peers would take hours.</summary>
    public async Task RunThousandAsync(CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        foreach (var ours in peers.OfType<ConvoxSslPeer>())
        {
            var place = new PeerContext(world, world.NewFolder(ours.Name), ChallengeKind.Dns01);
            await TryAsync(ThousandTitle, async () => table.Add(await RunThousandAsync(ours, place, ct)));
        }
    }

    private async Task<Row> RunThousandAsync(ConvoxSslPeer ours, PeerContext place, CancellationToken ct)
    {
        await using var session = PowerShellSession.Start(program, ours.Environment(place));
        await session.RunAsync(ours.Opening(place), ct);
        await session.RunAsync(ours.Issuing(place, [[place.World.NewName()]]), ct);
        var batch = ConvoxSslPeer.IssuingWithHeap(place, NewNames(place, Thousand), Count);
        var sample = await place.World.CountAsync(
            async () =>
            {
                var (measured, heap) = await session.RunAsync(batch, ct);
                return measured with
                {
                    LiveHeapMiB = [.. heap.Split('\n').Select(bytes => long.Parse(bytes, CultureInfo.InvariantCulture) / 1024.0 / 1024.0)],
                };
            },
            ct);
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"once; {sample.LiveHeapMiB[0]:F1} MiB live when {Count} are finished, {sample.LiveHeapMiB[^1]:F1} when all are");
        return new Row(ThousandTitle, ours.Name, [sample], Thousand, note);
    }

    private async Task TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (InvalidOperationException e)
        {
            table.LeaveOut($"{what}: {e.Message}");
        }
    }

    private async Task<Row> RunInSessionAsync(
        ISessionPeer peer, PeerContext place, string title, int count, int rounds, CancellationToken ct)
    {
        await using var web = await ServeAsync(peer, place, ct);
        await using var session = PowerShellSession.Start(program, peer.Environment(place));
        await session.RunAsync(peer.Opening(place), ct);
        await session.RunAsync(peer.Issuing(place, [[place.World.NewName()]]), ct);
        var samples = new List<Sample>();
        for (var round = 0; round < rounds; round++)
        {
            var batch = peer.Issuing(place, NewNames(place, count));
            samples.Add(await place.World.CountAsync(async () => (await session.RunAsync(batch, ct)).Sample, ct));
        }

        return new Row(title, peer.Name, samples, count, count < Count ? $"{count} in one session" : "one batch in a warm session");
    }

    private static async Task<Row> RunSequentiallyAsync(IPeer peer, PeerContext place, CancellationToken ct)
    {
        await FreshProcesses.IssueAsync(peer, place, [place.World.NewName()], ct);
        var sample = await FreshProcesses.IssueAsync(peer, place, [place.World.NewName()], ct);
        for (var i = 1; i < InProcesses; i++)
        {
            sample = sample.Then(await FreshProcesses.IssueAsync(peer, place, [place.World.NewName()], ct));
        }

        return new Row(Title(place.ChallengeKind), peer.Name, [sample], InProcesses, $"{InProcesses}, one process after another");
    }

    private static async Task<Row> RunConcurrentlyAsync(PeerContext place, CancellationToken ct)
    {
        var lego = new Lego(sharesWebRoot: true);
        await FreshProcesses.IssueAsync(lego, place, [place.World.NewName()], ct);
        await using var web = await ServeAsync(lego, place, ct);
        var sample = await place.World.CountAsync(
            async () =>
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var all = await Task.WhenAll(Enumerable.Range(0, AtATime).Select(async _ =>
                {
                    var first = (await MeasuredProcess.RunAsync(lego.Call(place, [place.World.NewName()]), ct)).Sample;
                    return first.Then((await MeasuredProcess.RunAsync(lego.Call(place, [place.World.NewName()]), ct)).Sample);
                }));
                return all.Aggregate((one, other) => one.Then(other)) with { Wall = clock.Elapsed };
            },
            ct);
        return new Row(Title(place.ChallengeKind), EightAtATime, [sample], 2 * AtATime, $"{2 * AtATime}");
    }

    private static List<IReadOnlyList<string>> NewNames(PeerContext place, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (string[])[place.World.NewName(i)])];

    private static async Task<StaticWebServer?> ServeAsync(IPeer peer, PeerContext place, CancellationToken ct) =>
        peer.NeedsWebServer && place.ChallengeKind == ChallengeKind.Http01
            ? await StaticWebServer.StartAsync(place.WebRoot, place.Ca.HttpPort, ct)
            : null;
}
