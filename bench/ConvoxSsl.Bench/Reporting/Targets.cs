using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.Works;

namespace ConvoxSsl.Bench.Reporting;

/// <summary>The targets and the measurements that show them.</summary>
internal static class Targets
{
    private const string Ours = ConvoxSslPeer.PeerName;

    public static IReadOnlyList<Target> Of(RowTable table) =>
    [
        .. ProtocolOverhead(table), .. FreshProcess(table),
        .. Batch(table, Batches.Title(ChallengeKind.Http01)), .. Batch(table, Batches.Title(ChallengeKind.Dns01)),
        .. Thousand(table), .. Requests(table), .. Session(table),
    ];

    private static IEnumerable<Target> ProtocolOverhead(RowTable table)
    {
        const string Work = Works.ProtocolOverhead.AtOnce;
        yield return new(
            "warm session, CA at once: wall against the round trips alone", 1.3, Ratio(table, Work, Ours, Works.ProtocolOverhead.Floor));
        yield return new("warm session, CA at once: wall against Posh-ACME", 0.2, Ratio(table, Work, Ours, PoshAcme.PeerName));
        yield return new(
            "warm session, Retry-After: seconds beyond the waits",
            0.3,
            Seconds(table, Works.ProtocolOverhead.Waiting, Ours)
                - Seconds(table, Works.ProtocolOverhead.Waiting, Works.ProtocolOverhead.Asked));
    }

    private static IEnumerable<Target> FreshProcess(RowTable table)
    {
        yield return new("fresh process: wall against certbot", 1, Ratio(table, IssuanceWork.Existing, Ours, Certbot.PeerName));
        yield return new(
            "fresh process, the command alone: wall against lego",
            1,
            Ratio(table, IssuanceWork.Existing, FreshProcesses.CommandAlone, Lego.PeerName));
    }

    private static IEnumerable<Target> Batch(RowTable table, string work)
    {
        Target Faster(string peer, double times) =>
            new($"{work}: times faster than {peer}", times, Ratio(table, work, peer, Ours), IsMost: false);
        yield return Faster(PoshAcme.PeerName, 15);
        yield return Faster(Certbot.PeerName, 40);
        yield return Faster(Lego.PeerName, 40);
        yield return Faster(Batches.EightAtATime, 10);
    }

    private static IEnumerable<Target> Thousand(RowTable table)
    {
        var (hundred, thousand) = (table.Find(Batches.Title(ChallengeKind.Dns01), Ours), table.Find(Batches.ThousandTitle, Ours));
        yield return new("1,000 certificates in ten zones: writing calls to the provider", 40, thousand?.Median(s => s.WritingCalls));
        yield return new("1,000 certificates: time for one against that at 100", 1.2, thousand?.WallEach / hundred?.WallEach);
        yield return new(
            "1,000 certificates: the session's peak memory for one against that at 100", 1.2, PeakEach(thousand) / PeakEach(hundred));
        yield return new(
            "1,000 certificates: live heap when all are finished against when a tenth is",
            1,
            thousand?.Samples[0].LiveHeapMiB is [var first, .., var last] ? last / first : null);
    }

    private static IEnumerable<Target> Requests(RowTable table)
    {
        var one = table.Find(IssuanceWork.Existing, Ours)?.Median(s => s.AcmeRequests);
        yield return new("ACME requests for one name, existing account", 9, one);
        yield return new(
            "ACME requests for each further name", 2, (table.Find(IssuanceWork.ManyNames, Ours)?.Median(s => s.AcmeRequests) - one) / 99);
        foreach (var proof in Enum.GetValues<ChallengeKind>())
        {
            var batch = table.Find(Batches.Title(proof), Ours);
            yield return new($"ACME requests for each of {Batches.Title(proof)}", 7, batch?.Median(s => s.AcmeRequests) / batch?.Count);
        }

        var (hundred, thousand) = (table.Find(Batches.Title(ChallengeKind.Dns01), Ours), table.Find(Batches.ThousandTitle, Ours));
        yield return new(
            "ACME requests for each further certificate of a batch, from 100 to 1,000",
            7,
            (thousand?.Median(s => s.AcmeRequests) - hundred?.Median(s => s.AcmeRequests)) / (thousand?.Count - hundred?.Count));
    }

    private static IEnumerable<Target> Session(RowTable table)
    {
        var all = Listings.Title(Listings.Most, "local");
        yield return new("10,000 certificates, local: first object, in ms", 50, Seconds(table, all, Listings.First) * 1000);
        yield return new("10,000 certificates, local: all, in s", 1, Seconds(table, all, Ours));
        yield return new(
            "10,000 certificates, local: peak memory of the session, in MiB", 150, table.Find(all, Ours)?.Median(s => s.PeakMiB));
        var (bare, withModule) =
            (table.Find(ImportBenchmark.Title, ImportBenchmark.Bare), table.Find(ImportBenchmark.Title, ImportBenchmark.WithModule));
        yield return new("import adds, in ms", 100, (withModule?.Wall - bare?.Wall)?.TotalMilliseconds);
        yield return new("import adds, in MiB", 15, withModule?.Median(s => s.PeakMiB) - bare?.Median(s => s.PeakMiB));
    }

    private static double? PeakEach(Row? row) => row?.Median(s => s.PeakMiB) / row?.Count;

    private static double? Ratio(RowTable table, string work, string of, string against) =>
        table.Find(work, of) is { } one && table.Find(work, against) is { } other ? one.WallEach / other.WallEach : null;

    private static double? Seconds(RowTable table, string work, string who) => table.Find(work, who)?.Wall.TotalSeconds;
}
