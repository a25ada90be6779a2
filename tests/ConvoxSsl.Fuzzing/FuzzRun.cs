using System.Collections.Concurrent;
using System.Diagnostics;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Fuzzing;

/// <summary>An input that causes a failure.</summary>
/// <param name="Target">The name of the target.</param>
/// <param name="Number">Its number in the run.</param>
/// <param name="Input">The input.</param>
/// <param name="What">The failure.</param>
internal sealed record Finding(string Target, int Number, byte[] Input, string What)
{
    // An input can be a mebibyte; its number and the seed reproduce it.
    private const int MostShown = 4096;

    public string Describe(int seed) =>
        $"{Target}: {What}\n  again: --target {Target} --seed {seed} --number {Number}\n  input ({Input.Length} bytes, base64): "
            + $"{(Input.Length <= MostShown ? Convert.ToBase64String(Input) : Convert.ToBase64String(Input, 0, MostShown) + "…")}";
}

/// <summary>The result of one target.</summary>
internal sealed record FuzzResult(FuzzTarget Target, int Inputs, int Rejected, TimeSpan Busy, IReadOnlyList<Finding> Findings);

/// <summary>Feeds a number of inputs to a target.</summary>
internal sealed class FuzzRun(int seed)
{
    // Further findings of the same target are unlikely to be new.
    private const int MostFindings = 5;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<int, InputInProgress> _running = new();

    /// <summary>The current input and its start time, for a watchdog.</summary>
    public IEnumerable<InputInProgress> Now => _running.Values;

    /// <summary>Reads the inputs from <paramref name="from"/> to <paramref name="to"/> (exclusive).</summary>
    public async Task<FuzzResult> RunAsync(FuzzTarget target, int from, int to, CancellationToken ct)
    {
        var findings = new List<Finding>();
        var (rejected, number) = (0, from);
        var start = Stopwatch.GetTimestamp();
        for (; number < to && findings.Count < MostFindings; number++)
        {
            var input = target.Input(seed, number);
            var (outcome, elapsed) = await ReadAsync(target, number, input, ct);
            var what = outcome is null || FuzzTarget.IsRejection(outcome) ? null : outcome.ToString();
            for (var repetition = 0; what is null && repetition < 2 && elapsed > Slow; repetition++)
            {
                // A busy machine is slow for a moment; a problematic input is slow every time.
                (_, var next) = await ReadAsync(target, number, input, ct);
                elapsed = next < elapsed ? next : elapsed;
            }

            what ??= !TestTime.IsWithin(elapsed, Slow) ? $"it takes {elapsed.TotalSeconds:0.0} s" : null;
            rejected += outcome is null ? 0 : 1;
            if (what is not null)
            {
                findings.Add(new Finding(target.Name, number, input, what));
            }
        }

        return new FuzzResult(target, number - from, rejected, Stopwatch.GetElapsedTime(start), findings);
    }

    private async Task<(Exception? Outcome, TimeSpan Elapsed)> ReadAsync(FuzzTarget target, int number, byte[] input, CancellationToken ct)
    {
        var running = new InputInProgress(target, number, input, Stopwatch.GetTimestamp());
        var id = Environment.CurrentManagedThreadId;
        var key = HashCode.Combine(target.Name, number, id);
        _running[key] = running;
        try
        {
            await target.ReadAsync(input, ct);
            return (null, running.Elapsed);
        }
        catch (Exception e)
        {
            return (e, running.Elapsed);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    /// <summary>An input that is being read.</summary>
    internal sealed record InputInProgress(FuzzTarget Target, int Number, byte[] Input, long Since)
    {
        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Since);
    }
}
