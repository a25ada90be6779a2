using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.Works;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.Bench;

/// <summary>The benchmark as a list of parts that can be run alone.</summary>
/// <param name="host">The program that hosts PowerShell's engine and nothing else.</param>
/// <param name="table">The table that receives the results.</param>
internal sealed class BenchRun(string host, RowTable table)
{
    /// <summary>The names of the parts.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["fresh", "warm", "protocol", "http", "dns", "thousand", "import", "local", "rack", "parts"];

    /// <summary>Runs parts one after another.</summary>
    public async Task RunAsync(IReadOnlyList<string> parts, CancellationToken ct)
    {
        if (PowerShellProgram.Find() is not { } program)
        {
            table.LeaveOut(
                $"all that needs PowerShell: there is no pwsh, its .NET tool is not restored, and {PowerShellProgram.Variable} names none");
            return;
        }

        var peers = FindPeers(program);
        foreach (var part in parts)
        {
            await (part switch
            {
                "fresh" or "warm" or "http" or "dns" or "thousand" when !PebbleServer.IsInstalled
                    => LeaveOutAsync(part, PebbleServer.NotInstalled),
                "fresh" => RunFreshProcessesAsync(peers, ct),
                "warm" => new WarmSessions(peers, program, table, WarmSessions.BeforeWaits).RunAsync(ct),
                "protocol" => new ProtocolOverhead(peers, program, table).RunAsync(ct),
                "http" => new Batches(peers, program, table).RunHundredAsync(ChallengeKind.Http01, ct),
                "dns" => new Batches(peers, program, table).RunHundredAsync(ChallengeKind.Dns01, ct),
                "thousand" => new Batches(peers, program, table).RunThousandAsync(ct),
                "import" => new ImportBenchmark(host, table).RunAsync(ct),
                "local" => new Listings(program, table).RunLocalAsync(ct),
                "rack" => new Listings(program, table).RunOnRackAsync(ct),
                "parts" => Task.Run(() => EnginePartsRun.Run(table), ct),
                _ => LeaveOutAsync(part, "there is no such part"),
            });
        }
    }

    private async Task RunFreshProcessesAsync(IReadOnlyList<IPeer> peers, CancellationToken ct)
    {
        foreach (var work in IssuanceWork.All)
        {
            await new FreshProcesses(peers, table).RunAsync(work, ct);
        }
    }

    private List<IPeer> FindPeers(PowerShellProgram program)
    {
        var found = new List<IPeer>();
        foreach (var peer in (IPeer[])
        [
            new ConvoxSslPeer(program, ConvoxSslPeer.Module),
            new Lego(sharesWebRoot: false),
            new Certbot(),
            new AcmeTiny(),
            new Uacme(),
            new PoshAcme(program),
        ])
        {
            if (peer.Missing is { } why)
            {
                table.LeaveOut($"{peer.Name}: {why}");
            }
            else
            {
                found.Add(peer);
            }
        }

        return found;
    }

    private Task LeaveOutAsync(string part, string why)
    {
        table.LeaveOut($"{part}: {why}");
        return Task.CompletedTask;
    }
}
