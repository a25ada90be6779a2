using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A requested run of the program.</summary>
/// <param name="Case">The case.</param>
/// <param name="Plan">The fault and the number of its point.</param>
public sealed record RequestedRun(MatrixCase Case, string Plan);

/// <summary>The result of a run of the program.</summary>
/// <param name="Points">The fail points that it reported.</param>
/// <param name="Outcome">Its outcome; null if it was killed.</param>
public sealed record ProgramRun(IReadOnlyList<string> Points, string? Outcome)
{
    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(", ", Points)}: {Outcome ?? "killed"}";
}

/// <summary>
/// Runs the engine with fail points in separate processes. Several runs share a process, because its start takes most of the time:
/// each stops at its point, and the process is killed when all of them have stopped or ended. A process without a stopped run is reused.
/// </summary>
internal sealed class FailPointsProgram(MatrixServers servers) : IAsyncDisposable
{
    private const int ExitCodeOfSigkill = 128 + 9;

    private readonly ConcurrentBag<Process> _idle = [];

    /// <summary>The path of the program.</summary>
    public static string File { get; } = TestPrograms.Find(
        "ConvoxSsl.FailPoints",
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "FailPointsProgram").Value!);

    /// <summary>Formats the input line that requests a run.</summary>
    public static string FormatRequest(int number, RequestedRun run)
    {
        var (matrixCase, plan) = run;
        var servers = matrixCase.Servers;
        var what = matrixCase.IsDelivery ? "deliver" : matrixCase.IsRenewal ? "renew" : "issue";
        return string.Join(
            '\t', number.ToString(CultureInfo.InvariantCulture), plan, what, matrixCase.Root,
            servers.DirectoryUrl, servers.RootFile, matrixCase.Name, servers.GetValidationArgument(matrixCase));
    }

    /// <summary>Runs the program once for each request, at the same time and in one process.</summary>
    public async Task<IReadOnlyList<ProgramRun>> RunAsync(IReadOnlyList<RequestedRun> requests)
    {
        var process = _idle.TryTake(out var idle) ? idle : Start();
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            var runs = await RequestRunsAsync(process, requests, limit.Token);
            if (runs.All(run => run.Outcome is not null))
            {
                _idle.Add(process);
                return runs;
            }

            process.Kill();
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(ExitCodeOfSigkill, process.ExitCode);
            process.Dispose();
            return runs;
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _idle)
        {
            await EndAsync(process);
        }
    }

    private static async Task<IReadOnlyList<ProgramRun>> RequestRunsAsync(
        Process process, IReadOnlyList<RequestedRun> requests, CancellationToken ct)
    {
        for (var number = 0; number < requests.Count; number++)
        {
            await process.StandardInput.WriteLineAsync(FormatRequest(number, requests[number]));
        }

        var points = requests.Select(_ => new List<string>()).ToArray();
        var runs = new ProgramRun?[requests.Count];
        while (runs.Contains(null))
        {
            var line = await process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The program ended.");
            var parts = line.Split('\t', 3);
            var number = int.Parse(parts[0], CultureInfo.InvariantCulture);
            switch (parts[1])
            {
                case "point":
                    points[number].Add(parts[2]);
                    break;
                case "stopped":
                    runs[number] = new ProgramRun(points[number], null);
                    break;
                default:
                    runs[number] = new ProgramRun(points[number], parts[2]);
                    break;
            }
        }

        return runs!;
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [File]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (key, value) in servers.Environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        return process;
    }
}
