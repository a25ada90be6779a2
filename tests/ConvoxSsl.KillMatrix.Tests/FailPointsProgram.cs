using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>The result of a run of the program.</summary>
/// <param name="Points">The fail points that it reported.</param>
/// <param name="Outcome">Its outcome; null if it was killed.</param>
public sealed record ProgramRun(IReadOnlyList<string> Points, string? Outcome)
{
    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(", ", Points)}: {Outcome ?? "killed"}";
}

/// <summary>
/// Runs the engine with fail points in separate processes. A process that was not killed is reused for the next run,
/// because its start takes most of the time.
/// </summary>
internal sealed class FailPointsProgram(MatrixWorld world) : IAsyncDisposable
{
    private const int ExitCodeOfSigkill = 128 + 9;

    private readonly ConcurrentBag<Process> _idle = [];

    /// <summary>The path of the program.</summary>
    public static string File { get; } = TestPrograms.Find(
        "ConvoxSsl.FailPoints",
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "FailPointsProgram").Value!);

    /// <summary>Runs the program once.</summary>
    public async Task<ProgramRun> RunAsync(MatrixCase matrixCase, string plan)
    {
        var process = _idle.TryTake(out var idle) ? idle : Start();
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            var run = await RequestRunAsync(process, matrixCase, plan, limit.Token);
            if (run.Outcome is not null)
            {
                _idle.Add(process);
                return run;
            }

            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(ExitCodeOfSigkill, process.ExitCode);
            process.Dispose();
            return run;
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

    private static async Task<ProgramRun> RequestRunAsync(Process process, MatrixCase matrixCase, string plan, CancellationToken ct)
    {
        var world = matrixCase.World;
        await process.StandardInput.WriteLineAsync(string.Join(
            '\t', plan, matrixCase.IsRenewal
                ? "renew"
                : "issue", matrixCase.Root, world.DirectoryUrl, world.RootFile, matrixCase.Name, world.GetValidationArgument(matrixCase)));
        var points = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            var parts = line.Split('\t', 2);
            if (parts is ["end", var outcome])
            {
                return new ProgramRun(points, outcome);
            }

            points.Add(parts[^1]);
        }

        return new ProgramRun(points, null);
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
        foreach (var (key, value) in world.Environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        return process;
    }
}
