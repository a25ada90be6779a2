using System.Diagnostics;
using System.Globalization;

namespace ConvoxSsl.Bench;

/// <summary>What importing the module adds to the start of a session, in fresh processes.</summary>
internal static class ImportBenchmark
{
    private const int Rounds = 10;
    private const double TargetMilliseconds = 100;

    /// <summary>Measures, prints, and compares with the target.</summary>
    /// <returns>The exit code: 0 when the target is met.</returns>
    public static async Task<int> RunAsync(CancellationToken ct)
    {
        var module = FindModule();
        var (without, with) = (new List<Cost>(), new List<Cost>());

        // One of each that does not count, for the disk's cache; then in turn, so that the machine's moods meet both.
        await MeasureAsync(null, ct);
        await MeasureAsync(module, ct);
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await MeasureAsync(null, ct));
            with.Add(await MeasureAsync(module, ct));
        }

        Print("bare session", without);
        Print("with ConvoxSsl", with);
        var added = Median(with.Select(c => c.Elapsed)) - Median(without.Select(c => c.Elapsed));
        var work = Median(with.Select(c => c.Processor)) - Median(without.Select(c => c.Processor));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"import adds     {added,7:F0} ms (target: under {TargetMilliseconds:F0} ms); {work,7:F0} ms of processor time"));
        return added < TargetMilliseconds ? 0 : 1;
    }

    private static async Task<Cost> MeasureAsync(string? module, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        using var host = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(ImportBenchmark).Assembly.Location, BareHost.Argument, .. module is null ? Array.Empty<string>() : [module]])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await host.StandardOutput.ReadToEndAsync(ct);
        await host.WaitForExitAsync(ct);
        var elapsed = clock.Elapsed.TotalMilliseconds;
        return host.ExitCode == 0
            ? new Cost(elapsed, double.Parse(output, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The session ended with {host.ExitCode}.");
    }

    private static void Print(string name, List<Cost> costs) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-15} {Median(costs.Select(c => c.Elapsed)),7:F0} ms median of {costs.Count} processes ({costs.Min(c => c.Elapsed):F0} to {costs.Max(c => c.Elapsed):F0}); {Median(costs.Select(c => c.Processor)),7:F0} ms of processor time"));

    private static double Median(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string FindModule()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ConvoxSsl.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmark runs outside of the repository.");
        }

        return Path.Combine(folder.FullName, "out", "ConvoxSsl");
    }

    /// <summary>What a process took, in milliseconds; on a busy machine only its processor time says much.</summary>
    private sealed record Cost(double Elapsed, double Processor);
}
