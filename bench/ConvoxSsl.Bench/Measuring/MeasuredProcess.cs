using System.Diagnostics;
using System.Globalization;

namespace ConvoxSsl.Bench.Measuring;

/// <summary>Runs a program to its end and measures it together with its children.</summary>
internal static class MeasuredProcess
{
    // Debian's package "time" reports what the kernel counted for the process and its children.
    private const string Time = "/usr/bin/time";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs the program.</summary>
    /// <exception cref="InvalidOperationException">
    /// The program failed or took longer than two minutes; the message has the end of its output.
    /// </exception>
    public static async Task<(Sample Sample, string Output)> RunAsync(ProgramCall call, CancellationToken ct)
    {
        var costs = Path.GetTempFileName();
        try
        {
            var start = call.ToStartInfo();
            if (File.Exists(Time))
            {
                (start.FileName, var arguments) = (Time, start.ArgumentList.ToArray());
                start.ArgumentList.Clear();
                foreach (var argument in (string[])["-f", "%U %S %M", "-o", costs, "--", call.File, .. arguments])
                {
                    start.ArgumentList.Add(argument);
                }
            }

            var clock = Stopwatch.StartNew();
            var output = await RunToEndAsync(start, ct);
            var (processor, peak) = Read(await File.ReadAllTextAsync(costs, ct));
            return (new Sample(clock.Elapsed, processor, peak), output);
        }
        finally
        {
            File.Delete(costs);
        }
    }

    private static async Task<string> RunToEndAsync(ProcessStartInfo start, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException("It took longer than two minutes.");
        }

        var text = await output;
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"It ended with {process.ExitCode}: {Tail(text + await errors)}");
    }

    private static (TimeSpan? Processor, double? PeakMiB) Read(string costs) =>
        costs.Trim().Split('\n')[^1].Split(' ') is [var user, var system, var kilobytes]
            ? (TimeSpan.FromSeconds(Number(user) + Number(system)), Number(kilobytes) / 1024)
            : (null, null);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Tail(string text) => text.Trim() is { Length: > 600 } longer ? longer[^600..] : text.Trim();
}
