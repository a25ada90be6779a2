using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.Works;

/// <summary>Certificates issued by fresh processes, the way a shell or a timer runs a client.</summary>
internal sealed class FreshProcesses(IReadOnlyList<IPeer> peers, RowTable table)
{
    /// <summary>The peer name of the row that has the command alone, without starting its process.</summary>
    public const string CommandAlone = ConvoxSslPeer.PeerName + ", the command alone";

    private const int Rounds = 3;

    // A peer that takes longer would take longer every time, and delay the others.
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    /// <summary>Runs a work in rounds with each peer once per round, so that changes in the machine's load affect all.</summary>
    public async Task RunAsync(IssuanceWork work, CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        var places =
            peers.Where(p => p.Offers(work.ChallengeKind))
                .ToDictionary(p => p, p => new PeerContext(world, world.NewFolder(p.Name), work.ChallengeKind));
        var samples = places.Keys.ToDictionary(p => p, _ => new List<Sample>());
        var failures = new Dictionary<IPeer, string>();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (peer, place) in places.Where(p => !failures.ContainsKey(p.Key) && samples[p.Key].All(s => s.Wall < s_long)))
            {
                try
                {
                    // The first run creates the account and warms the disk cache.
                    var context = work.NewAccount ? place with { Home = world.NewFolder(peer.Name) } : place;
                    var sample = await IssueAsync(
                        peer, context, [.. Enumerable.Range(0, round == 0 ? 1 : work.Names).Select(_ => world.NewName())], ct);
                    samples[peer].AddRange(round == 0 ? [] : [sample]);
                }
                catch (InvalidOperationException e)
                {
                    failures[peer] = e.Message;
                }
            }
        }

        Report(work.Title, samples, failures);
    }

    /// <summary>Issues one certificate with a peer.</summary>
    public static Task<Sample> IssueAsync(IPeer peer, PeerContext place, IReadOnlyList<string> names, CancellationToken ct)
    {
        var call = peer.Call(place, names);
        return place.World.CountAsync(
            async () =>
            {
                await using var web = peer.NeedsWebServer && place.ChallengeKind == ChallengeKind.Http01
                    ? await StaticWebServer.StartAsync(place.WebRoot, place.Ca.HttpPort, ct)
                    : null;
                var (sample, output) = await MeasuredProcess.RunAsync(call, ct);
                return sample with { Command = SessionScript.CommandTime(output) };
            },
            ct);
    }

    private void Report(string title, Dictionary<IPeer, List<Sample>> samples, Dictionary<IPeer, string> failures)
    {
        foreach (var (peer, taken) in samples)
        {
            if (failures.TryGetValue(peer, out var failure))
            {
                table.LeaveOut($"{peer.Name}, {title}: {failure}");
                continue;
            }

            table.Add(new Row(title, peer.Name, taken));
            if (peer is ConvoxSslPeer)
            {
                table.Add(new Row(
                    title, CommandAlone, [.. taken.Select(s => new Sample(s.Command!.Value))], Note: "without the start of PowerShell"));
            }
        }
    }
}
