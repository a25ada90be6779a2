using System.Diagnostics;
using System.Reflection;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>How a run of the program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Points">The points that it told of.</param>
/// <param name="Output">All that it wrote.</param>
public sealed record ProgramRun(int ExitCode, IReadOnlyList<string> Points, string Output)
{
    /// <summary>Whether it was killed: 128 and the number of SIGKILL.</summary>
    public bool IsKilled => ExitCode == 137;
}

/// <summary>The program that runs the engine with its fail points in a process of its own.</summary>
internal static class FailPointsProgram
{
    /// <summary>Where it is.</summary>
    public static string File { get; } = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "FailPointsProgram").Value!;

    /// <summary>Runs it until it ends, in whichever way.</summary>
    public static async Task<ProgramRun> RunAsync(MatrixCase matrixCase, string plan)
    {
        var world = matrixCase.World;
        var start = new ProcessStartInfo(
            "dotnet", [File, matrixCase.IsRenewal ? "renew" : "issue", matrixCase.Root, world.DirectoryUrl.AbsoluteUri, world.RootFile, matrixCase.Name, world.ProofOf(matrixCase)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FAIL_POINT"] = plan;
        start.Environment["FAIL_POINT_ROOT"] = matrixCase.Root;
        foreach (var (key, value) in world.Environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"It hangs: {await output}");
        }

        var text = await output;
        var points = text.Split('\n').Select(l => l.Split('\t')).Where(p => p.Length == 2 && char.IsAsciiDigit(p[0][0])).Select(p => p[1]);
        return new ProgramRun(process.ExitCode, [.. points], text + await errors);
    }
}
