using System.Diagnostics;
using System.Globalization;
using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.Peers;
using ConvoxSsl.Bench.Reporting;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Bench.Works;

/// <summary>The time that importing the module adds to a session, in fresh processes of a host that has nothing else.</summary>
internal sealed class ImportBenchmark(string host, RowTable table)
{
    public const string Title = "a session's start";
    public const string Bare = "bare host";
    public const string WithEmpty = "with an empty module";
    public const string WithModule = "with ConvoxSsl";

    private const int Rounds = 10;

    public async Task RunAsync(CancellationToken ct)
    {
        using var home = new TemporaryDirectory();
        var empty = home["Empty.psd1"];
        await File.WriteAllTextAsync(empty, "@{ ModuleVersion = '1.0' }", ct);
        var (without, withEmpty, withModule) = (new List<Sample>(), new List<Sample>(), new List<Sample>());

        // Run each once to warm the disk cache, then alternate, so that changes in the machine's load affect both.
        await MeasureAsync(host, [], ct);
        await MeasureAsync(host, [ConvoxSslPeer.Module], ct);
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await MeasureAsync(host, [], ct));
            withEmpty.Add(await MeasureAsync(host, [empty], ct));
            withModule.Add(await MeasureAsync(host, [ConvoxSslPeer.Module], ct));
        }

        table.Add(new Row(Title, Bare, without));
        table.Add(new Row(Title, WithEmpty, withEmpty));
        table.Add(new Row(Title, WithModule, withModule));
    }

    /// <summary>Opens a session that imports a module, if one is given.</summary>
    public static async Task<Sample> MeasureAsync(string host, string[] module, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [host, .. module])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        var elapsed = clock.Elapsed;
        return process.ExitCode == 0 && output.Split(' ') is [var processor, var peak]
            ? new Sample(elapsed, TimeSpan.FromMilliseconds(Number(processor)), Number(peak) / 1024 / 1024)
            : throw new InvalidOperationException($"The session ended with {process.ExitCode}.");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
