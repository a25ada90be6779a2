using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.Works;

/// <summary>One certificate in sessions that have issued others before, from several CAs.</summary>
internal sealed class WarmSessions(IReadOnlyList<IPeer> peers, PowerShellProgram program, RowTable table, int unmeasured)
{
    public const string FromPebble = "one certificate, warm session";

    /// <summary>
    /// The number of unmeasured certificates at a CA that asks for delays: they create the account, and the delays hide
    /// compilation.
    /// </summary>
    public const int BeforeWaits = 2;

    /// <summary>The number of certificates after which the runtime has fully optimized the code.</summary>
    public const int UntilCompiled = 9;

    private const int Rounds = 5;

    /// <summary>The number of certificates that each peer gets from a CA.</summary>
    public int Issuances => Rounds + unmeasured;

    /// <summary>Measures with Pebble.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        await RunAsync(FromPebble, world, world.Ca, world.CountAsync, ct);
    }

    /// <summary>Measures with a scripted CA, which counts its own requests.</summary>
    public async Task RunAsync(string title, ScriptedCa ca, CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        await RunAsync(title, world, ca.Endpoint, async (work, _) => await ca.CountAsync(work), ct);
    }

    private async Task RunAsync(
        string title,
        BenchWorld world,
        CaEndpoint ca,
        Func<Func<Task<Sample>>, CancellationToken, Task<Sample>> count,
        CancellationToken ct)
    {
        var sessions = new List<(ISessionPeer Peer, PeerContext Place, PowerShellSession Session, List<Sample> Samples)>();
        try
        {
            foreach (var peer in peers.OfType<ISessionPeer>())
            {
                var place = new PeerContext(world, world.NewFolder(peer.Name), ChallengeKind.Http01) { Ca = ca };
                sessions.Add((peer, place, PowerShellSession.Start(program, peer.Environment(place)), []));
                await sessions[^1].Session.RunAsync(peer.Opening(place), ct);
            }

            for (var round = -unmeasured; round < Rounds; round++)
            {
                foreach (var (peer, place, session, samples) in sessions)
                {
                    await using var web = peer.NeedsWebServer ? await StaticWebServer.StartAsync(place.WebRoot, ca.HttpPort, ct) : null;
                    var sample = await count(async () => (await session.RunAsync(peer.Issuing(place, [[world.NewName()]]), ct)).Sample, ct);
                    samples.AddRange(round < 0 ? [] : [sample]);
                }
            }

            sessions.ForEach(s => table.Add(new Row(title, s.Peer.Name, s.Samples)));
        }
        catch (InvalidOperationException e)
        {
            table.LeaveOut($"{title}: {e.Message}");
        }
        finally
        {
            foreach (var (_, _, session, _) in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }
}
