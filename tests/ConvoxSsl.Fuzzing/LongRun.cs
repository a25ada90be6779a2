using System.Diagnostics;
using System.Globalization;
using ConvoxSsl.Fuzzing.Targets;

namespace ConvoxSsl.Fuzzing;

/// <summary>Runs many inputs on all targets, and monitors time and memory.</summary>
internal static class LongRun
{
    private const long MostMemory = 256L << 20;

    // Reading that takes this long is considered hung.
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(20);

    public static async Task<int> Main(string[] args)
    {
        if (FuzzOptions.Read(args) is not { } options || Chosen(options) is not { Count: > 0 } targets)
        {
            Console.Error.WriteLine(FuzzOptions.Usage);
            Console.Error.WriteLine($"Targets: {string.Join(", ", AllTargets.List.Select(t => t.Name))}");
            return 2;
        }

        Console.WriteLine($"Seed {options.Seed}");
        Console.WriteLine($"{"target",-20} {"inputs",9} {"a second",9} {"rejected",9} {"findings",9}");
        var run = new FuzzRun(options.Seed);
        using var watch = new Timer(_ => StopIfHung(run, options.Seed), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var results = await RunAsync(run, targets, options);
        var findings = results.SelectMany(r => r.Findings).ToList();
        findings.ForEach(f => Console.WriteLine("\n" + f.Describe(options.Seed)));

        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{results.Sum(r => r.Inputs)} inputs, {findings.Count} findings, peak {peak >> 20} "
                + $"MiB{(peak > MostMemory ? $", which is more than {MostMemory >> 20}" : string.Empty)}"));
        return findings.Count > 0 || peak > MostMemory ? 1 : 0;
    }

    private static IReadOnlyList<FuzzTarget> Chosen(FuzzOptions options) =>
        [.. AllTargets.List.Where(t => options.Target is null || t.Name == options.Target)];

    private static async Task<IReadOnlyList<FuzzResult>> RunAsync(FuzzRun run, IReadOnlyList<FuzzTarget> targets, FuzzOptions options)
    {
        var results = new List<FuzzResult>();
        var shares = targets.Sum(t => t.Weight);
        var inputs = options.Number is null ? options.Inputs : 1;
        foreach (var target in targets)
        {
            var share = (int)((long)inputs * target.Weight / shares);
            (inputs, shares) = (inputs - share, shares - target.Weight);
            var result = await SplitAsync(run, target, options.Number ?? 0, share);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name,-20} {result.Inputs,9} {result.Inputs / Math.Max(0.001, result.Busy.TotalSeconds),9:0} "
                    + $"{result.Rejected,9} {result.Findings.Count,9}"));
            results.Add(result);
            Scratch.Clear();
        }

        return results;
    }

    // One part of the inputs for each core.
    private static async Task<FuzzResult> SplitAsync(FuzzRun run, FuzzTarget target, int from, int count)
    {
        var start = Stopwatch.GetTimestamp();
        var cores = Math.Min(Environment.ProcessorCount, Math.Max(1, count));
        var parts = await Task.WhenAll(Enumerable.Range(0, cores).Select(core => Task.Run(() =>
            run.RunAsync(
                target,
                from + (int)((long)count * core / cores),
                from + (int)((long)count * (core + 1) / cores),
                CancellationToken.None))));
        return new FuzzResult(
            target,
            parts.Sum(p => p.Inputs),
            parts.Sum(p => p.Rejected),
            Stopwatch.GetElapsedTime(start),
            [.. parts.SelectMany(p => p.Findings)]);
    }

    private static void StopIfHung(FuzzRun run, int seed)
    {
        if (run.Now.FirstOrDefault(r => r.Elapsed > Hung) is { } hung)
        {
            Console.WriteLine(
                "\n"
                    + new Finding(hung.Target.Name, hung.Number, hung.Input, $"no end after {hung.Elapsed.TotalSeconds:0} s").Describe(
                        seed));
            Environment.Exit(1);
        }
    }
}
