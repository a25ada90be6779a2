using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Runs jobs of which the number is known, at once, and returns their results as they come.</summary>
/// <param name="count">The number of jobs.</param>
/// <param name="time">The clock.</param>
internal sealed class IssuanceBatch<TResult>(int count, TimeProvider time)
{
    private readonly Channel<TResult> _results = Channel.CreateUnbounded<TResult>();

    /// <summary>Runs one job.</summary>
    /// <param name="number">The number of the job, from 0.</param>
    /// <param name="job">The job's share in the calls to DNS providers.</param>
    /// <param name="results">Receives the result, as soon as it is certain and before the job has cleaned up.</param>
    /// <param name="ct">The cancellation token.</param>
    public delegate Task Job(int number, RecordBatchJob job, ChannelWriter<TResult> results, CancellationToken ct);

    /// <summary>
    /// Runs the jobs. Ends when all have cleaned up. A consumer that leaves early cancels those that are still running.
    /// </summary>
    public async IAsyncEnumerable<TResult> RunAsync(Job run, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);

        // All jobs join the batch before the first one starts.
        var records = new RecordBatch(time);
        var jobs = Enumerable.Range(0, count).Select(_ => records.AddJob()).ToList();
        var all = Task.WhenAll(jobs.Select((job, number) => run(number, job, _results.Writer, stop.Token)));
        _ = all.ContinueWith(
            _ => _results.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var isRead = false;
        try
        {
            // Not canceled: canceled jobs still clean up, and then the channel is completed.
            await foreach (var result in _results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }

            isRead = true;
        }
        finally
        {
            if (!isRead)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await all.ConfigureAwait(false);
    }
}
