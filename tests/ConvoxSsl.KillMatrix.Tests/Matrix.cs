using System.Collections.Concurrent;
using ConvoxSsl.TestKit;
using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Runs the program once for each fail point, several at a time in a process, and after each run the engine once more.</summary>
internal sealed class Matrix(MatrixServers servers, bool isRenewal, ITestOutputHelper output) : IAsyncDisposable
{
    private const int RunsPerProcess = 16;

    // A run mostly waits for the CA.
    private static readonly ParallelOptions Beside = new() { MaxDegreeOfParallelism = 4 };

    private readonly FailPointsProgram _program = new(servers);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _program.DisposeAsync();

    /// <summary>Lists the points of a run without faults, in order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        using var home = new TemporaryDirectory();
        var matrixCase = await PrepareAsync(home.Path, "list");
        var run = Assert.Single(await _program.RunAsync([new RequestedRun(matrixCase, "List:0")]));
        Assert.StartsWith("done", run.Outcome, StringComparison.Ordinal);
        await AssertOutcomeAsync(matrixCase);
        return run.Points;
    }

    /// <summary>Runs the program once for each point, with a fault there.</summary>
    /// <param name="title">The title of the matrix.</param>
    /// <param name="action">The fault.</param>
    /// <param name="points">The points, as the action counts them.</param>
    public async Task RunAsync(string title, string action, IReadOnlyList<string> points)
    {
        var failures = new ConcurrentBag<string>();
        var met = new ConcurrentBag<int>();
        foreach (var numbers in Enumerable.Range(1, points.Count).Chunk(RunsPerProcess))
        {
            await RunAsync(action, numbers, met.Add, (number, e) => failures.Add($"{number} {points[number - 1]}: {e}"));
        }

        foreach (var (point, index) in points.Select((p, i) => (p, i + 1)))
        {
            output.WriteLine($"{index,4} {point}");
        }

        WriteLine($"{title}: {points.Count} points, {met.Count} met, {failures.Count} failures");
        Assert.True(failures.IsEmpty, string.Join(Environment.NewLine + Environment.NewLine, failures));

        // The number of polls of a slow order varies, and with it the last points.
        Assert.InRange(met.Count, points.Count * 9 / 10, points.Count);
    }

    /// <summary>Writes a line of the report, even if passing tests are silent.</summary>
    public void WriteLine(string text)
    {
        output.WriteLine(text);
        Console.WriteLine(text);
    }

    /// <summary>Prepares a rack for the run with the fault.</summary>
    public async Task<MatrixCase> PrepareAsync(string root, string name)
    {
        var matrixCase = new MatrixCase(
            servers, root, $"{(isRenewal ? "renew" : "issue")}-{name.ToLowerInvariant()}.example.org", isRenewal);
        await servers.PrepareAsync(matrixCase);
        if (isRenewal)
        {
            using var engine = servers.NewEngine(matrixCase);
            await engine.IssueAsync(servers.RequestOf(matrixCase), CancellationToken.None);
        }

        return matrixCase;
    }

    /// <summary>Runs the engine once more, and asserts one certificate, one order and no leftovers.</summary>
    public async Task AssertOutcomeAsync(MatrixCase matrixCase)
    {
        var entry = await servers.RunAgainAsync(matrixCase);

        RackFiles.AssertWhole(matrixCase);
        RackFiles.AssertNothingIsLeft(matrixCase, entry);
        servers.AssertNothingIsPublished(matrixCase);
        Assert.Equal(isRenewal ? 2 : 1, entry.LiveVersion);
        Assert.Equal(entry.Versions.Count, entry.Versions.Select(v => v.SerialNumber).Distinct().Count());
        var only = Assert.Single(await matrixCase.Rack.Certificates.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.Equal(entry.Live, only.Live);
        Assert.Equal(isRenewal ? 2 : 1, await servers.CountOrdersAsync(matrixCase));
    }

    // Runs the program for some of the points in one process.
    private async Task RunAsync(string action, int[] numbers, Action<int> onMet, Action<int, Exception> onFailure)
    {
        using var home = new TemporaryDirectory();
        var requests = new RequestedRun[numbers.Length];
        await Parallel.ForAsync(0, numbers.Length, Beside, async (i, _) =>
        {
            var name = $"{action}{numbers[i]}";
            var root = Directory.CreateDirectory(home[name]).FullName;
            requests[i] = new RequestedRun(await PrepareAsync(root, name), $"{action}:{numbers[i]}");
        });
        var runs = await _program.RunAsync(requests);
        await Parallel.ForAsync(0, numbers.Length, Beside, async (i, _) =>
        {
            try
            {
                if (await AssertRunAsync(action, requests[i].Case, runs[i]))
                {
                    onMet(numbers[i]);
                }
            }
            catch (Exception e)
            {
                onFailure(numbers[i], e);
            }
        });
    }

    /// <returns>True if the point was reached.</returns>
    private async Task<bool> AssertRunAsync(string action, MatrixCase matrixCase, ProgramRun run)
    {
        var isMet = run.Points.Count > 0;
        Assert.True(isMet && action is ("Kill" or "Tear") ? run.Outcome is null : run.Outcome is not null, $"{run}");
        Assert.True(isMet || run.Outcome!.StartsWith("done", StringComparison.Ordinal), $"{run}");
        RackFiles.AssertWhole(matrixCase);
        await servers.SettleAsync(matrixCase);
        try
        {
            await AssertOutcomeAsync(matrixCase);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"After {run} the next run did not end well.", e);
        }

        return isMet;
    }
}
