using System.Diagnostics;
using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>A system call of the program that changes or flushes the disk.</summary>
/// <param name="Name">The name of the call.</param>
/// <param name="Path">The file or directory; the target of a rename.</param>
/// <param name="Source">The source of a rename.</param>
internal sealed record SystemCall(string Name, string Path, string? Source);

/// <summary>The system calls of a run of the program, in the order in which they began.</summary>
internal static partial class SystemCalls
{
    /// <summary>Runs the program for a case and returns its calls for paths below the rack.</summary>
    public static async Task<IReadOnlyList<SystemCall>> RecordAsync(MatrixCase matrixCase)
    {
        var trace = Path.Combine(matrixCase.Root, "trace");
        var start = new ProcessStartInfo(
            "strace",
            [
                "-f", "-y", "-qq", "-s", "4096", "-e", "trace=fsync,fdatasync,mkdir,mkdirat,rename,renameat,renameat2", "-o", trace,
                "dotnet", FailPointsProgram.File,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in matrixCase.Servers.Environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TestTime.Hang);
        try
        {
            await process.StandardInput.WriteLineAsync(FailPointsProgram.FormatRequest(0, new RequestedRun(matrixCase, "List:0")));
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.Contains("end\tdone", output, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        var rack = matrixCase.Rack.Location;
        return
        [
            .. (await File.ReadAllLinesAsync(trace))
                .Select(line => CallPattern().Match(line))
                .Where(match => match.Success)
                .Select(Parse)
                .Where(call => call.Path.StartsWith(rack, StringComparison.Ordinal)),
        ];
    }

    private static SystemCall Parse(Match match)
    {
        var paths = PathPattern().Matches(match.Groups["arguments"].Value).Select(path => path.Groups["path"].Value).ToArray();
        return new SystemCall(match.Groups["name"].Value, paths[^1], paths.Length > 1 ? paths[0] : null);
    }

    // "123 fsync(57</rack/a> <unfinished ...>" is a call that began; its end is on a later line.
    [GeneratedRegex(@"^\d+\s+(?<name>fsync|fdatasync|mkdir|mkdirat|rename|renameat|renameat2)\((?<arguments>.*)$")]
    private static partial Regex CallPattern();

    // A descriptor with its path, or a quoted path. AT_FDCWD is followed by the current directory.
    [GeneratedRegex("""(?:\d+<(?<path>/[^>]*)>|"(?<path>/[^"]*)")""")]
    private static partial Regex PathPattern();
}
