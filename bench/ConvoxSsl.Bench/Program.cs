using System.Diagnostics;
using System.Runtime.InteropServices;
using ConvoxSsl.Bench;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.Bench.Works;
using ConvoxSsl.TestKit;

// Usage: ConvoxSsl.Bench <BareHost.dll> [part ...]. Without parts, everything runs.
// Or: ConvoxSsl.Bench <BareHost.dll> compare <the module's directory of an earlier build>
if (args is not [var host, .. var parts])
{
    Console.Error.WriteLine("ConvoxSsl.Bench <BareHost.dll> [" + string.Join('|', BenchRun.Parts) + " ...]");
    return 2;
}

// Child processes end with this one, even if it is stopped.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var clock = Stopwatch.StartNew();
var results = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "bench", "results")).FullName;
Console.WriteLine($"Load before: {Machine.Load()}");
var table = new RowTable();
try
{
    if (parts is ["compare", var earlier])
    {
        var works = await new BuildComparison(host, PowerShellProgram.Find()!, Path.GetFullPath(earlier)).RunAsync(stop.Token);
        await File.WriteAllTextAsync(
            Path.Combine(results, "comparison.txt"),
            Machine.Describe(clock.Elapsed) + Environment.NewLine + string.Join(Environment.NewLine, works));
        return 0;
    }

    await new BenchRun(host, table).RunAsync(parts.Length == 0 ? BenchRun.Parts : parts, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped: nothing was written.");
    return 130;
}

var targets = Targets.Of(table);
var text = TextReport.Write(table, targets, Machine.Describe(clock.Elapsed));
Console.WriteLine();
Console.Write(text);
await File.WriteAllTextAsync(Path.Combine(results, "results.txt"), text);
await File.WriteAllTextAsync(Path.Combine(results, "results.svg"), BarChart.Write(table.Rows));
return targets.Any(t => t.IsMissed) ? 1 : 0;
