using System.Globalization;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;
using static ConvoxSsl.Bench.Peers.SessionScript;

namespace ConvoxSsl.Bench.Works;

/// <summary>
/// An earlier build beside this one: fresh processes of both and of an empty session in turn, so that changes in the machine's
/// load affect all.
/// </summary>
/// <param name="host">The program that hosts PowerShell's engine and nothing else.</param>
/// <param name="program">The PowerShell.</param>
/// <param name="earlier">The module's directory of the earlier build.</param>
internal sealed class BuildComparison(string host, PowerShellProgram program, string earlier)
{
    private const int Rounds = 9;
    private const int Listed = 10;

    /// <summary>Compares all works.</summary>
    public async Task<IReadOnlyList<ComparedWork>> RunAsync(CancellationToken ct) =>
    [
        await ImportAsync(ct), await FirstCommandAsync(ct), await IssueAsync(ct),
    ];

    private Task<ComparedWork> ImportAsync(CancellationToken ct) => CompareAsync(
        "import, in a host that has nothing else",
        async module => (await ImportBenchmark.MeasureAsync(host, module is null ? [] : [module], ct)).Wall);

    private async Task<ComparedWork> FirstCommandAsync(CancellationToken ct)
    {
        using var home = new TemporaryDirectory();
        await FilledRack.FillAsync(home["rack"], Listed, ct);
        var environment = new Dictionary<string, string> { ["CONVOXSSL_HOME"] = home["rack"] };
        return await CompareAsync(
            string.Create(CultureInfo.InvariantCulture, $"first command: import, and a table of {Listed} certificates"),
            module => RunAsync(
                home["first.ps1"], module is null ? null : $"Import-Module {Quote(module)}\nGet-ConvoxCertificate", environment, ct));
    }

    private async Task<ComparedWork> IssueAsync(CancellationToken ct)
    {
        await using var world = await BenchWorld.StartAsync(ct);
        await using var ca = await ScriptedCa.StartAsync(TimeSpan.Zero, null, ct);
        var places = new[] { earlier, ConvoxSslPeer.Module }.ToDictionary(
            module => module,
            _ => new PeerContext(world, world.NewFolder("build"), ChallengeKind.Http01) { Ca = ca.Endpoint });
        var empty = world.NewFolder("empty");
        return await CompareAsync(
            "one certificate, existing account, scripted CA",
            async module => module is null
                ? await RunAsync(Path.Combine(empty, "empty.ps1"), null, new Dictionary<string, string>(), ct)
                : (await MeasuredProcess.RunAsync(
                    SessionScript.Call(program, new ConvoxSslPeer(program, module), places[module], [world.NewName()]), ct)).Sample.Wall);
    }

    private async Task<TimeSpan> RunAsync(
        string file, string? script, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        await File.WriteAllTextAsync(file, script ?? "$null", ct);
        return (await MeasuredProcess.RunAsync(program.Call(file, environment), ct)).Sample.Wall;
    }

    // The first round fills caches, creates accounts and is not counted.
    private async Task<ComparedWork> CompareAsync(string title, Func<string?, Task<TimeSpan>> measure)
    {
        var (empty, before, now) = (new List<Sample>(), new List<Sample>(), new List<Sample>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (samples, module) in new[] { (empty, null), (before, earlier), (now, ConvoxSslPeer.Module) })
            {
                var elapsed = await measure(module);
                samples.AddRange(round == 0 ? [] : [new Sample(elapsed)]);
            }
        }

        var work = new ComparedWork(
            title, new Row(title, "empty", empty), new Row(title, "earlier build", before), new Row(title, "this build", now));
        Console.WriteLine(work);
        return work;
    }
}
