using System.Globalization;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;

namespace ConvoxSsl.Bench.Works;

/// <summary>
/// One certificate in a warm session, from a CA that does nothing beyond the protocol: the cost of an issuance on top of
/// the round trips and of the delays that the CA asks for.
/// </summary>
internal sealed class ProtocolOverhead(IReadOnlyList<IPeer> peers, PowerShellProgram program, RowTable table)
{
    public const string AtOnce = "one certificate, warm session, scripted CA";
    public const string Far = AtOnce + " 25 ms away";
    public const string Waiting = AtOnce + " with Retry-After 1 s";
    public const string Floor = "the round trips alone";
    public const string Asked = "the waits alone";

    private static readonly TimeSpan s_distance = TimeSpan.FromMilliseconds(25);

    public async Task RunAsync(CancellationToken ct)
    {
        await MeasureAsync(AtOnce, TimeSpan.Zero, ct);
        await MeasureAsync(Far, s_distance, ct);
        await MeasureWaitsAsync(ct);
    }

    private async Task MeasureAsync(string title, TimeSpan distance, CancellationToken ct)
    {
        await using var ca = await ScriptedCa.StartAsync(distance, null, ct);
        await new WarmSessions(peers, program, table, WarmSessions.UntilCompiled).RunAsync(title, ca, ct);
        var trip = await ca.MeasureRoundTripAsync(ct);
        if (table.Find(title, ConvoxSslPeer.PeerName) is { } ours)
        {
            table.Add(new Row(
                title,
                Floor,
                [.. ours.Samples.Select(s => new Sample((trip * s.AcmeRequests!.Value) + s.CaTime!.Value))],
                Note: string.Create(
                    CultureInfo.InvariantCulture,
                    $"the CA's own time, and {trip.TotalMilliseconds:F2} ms for the round trip of each request of a plain client")));
        }
    }

    // The module only: the number of delays differs by client.
    private async Task MeasureWaitsAsync(CancellationToken ct)
    {
        await using var ca = await ScriptedCa.StartAsync(TimeSpan.Zero, 1, ct);
        var sessions = new WarmSessions([.. peers.OfType<ConvoxSslPeer>()], program, table, WarmSessions.BeforeWaits);
        await sessions.RunAsync(Waiting, ca, ct);
        var waits = ca.Waits / (double)sessions.Issuances;
        table.Add(new Row(
            Waiting,
            Asked,
            [new Sample(TimeSpan.FromSeconds(waits))],
            Note: string.Create(CultureInfo.InvariantCulture, $"{waits:F1} of 1 s")));
    }
}
