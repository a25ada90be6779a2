using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace ConvoxSsl.Cmdlets;

/// <summary>
/// Runs the async bodies of a cmdlet on the thread pool, and their queued writes on the pipeline thread. The pipeline thread returns
/// only after a body has ended, including its cleanup.
/// </summary>
internal sealed class BodyRunner : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Flows with the body, so that a task that outlives its record finds its own, closed queue.
    private readonly AsyncLocal<RecordQueue?> _queueOfBody = new();
    private volatile RecordQueue? _runningQueue;

    /// <summary>True if the caller is a body, which must not prompt and cannot run another body.</summary>
    public bool IsInBody => _queueOfBody.Value is not null;

    /// <summary>Runs a body from the pipeline thread. Returns after it has ended and all its output is written.</summary>
    /// <param name="body">The body.</param>
    /// <param name="onEnd">Runs on the pipeline thread after the body has ended, however it ended.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    public void Run(Func<CancellationToken, Task> body, Action onEnd)
    {
        if (IsInBody)
        {
            throw new InvalidOperationException("An async body cannot run another async body. Await it instead.");
        }

        if (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        var queue = new RecordQueue(Environment.CurrentManagedThreadId);
        _runningQueue = queue;
        Task work;
        ExceptionDispatchInfo? failedWrite;
        using (new TerminationSignals(Cancel))
        {
            work = Task.Run(() => RunBodyAsync(body, queue));
            failedWrite = Drain(queue);
        }

        _runningQueue = null;
        try
        {
            Finish(work, failedWrite);
        }
        finally
        {
            onEnd();
        }
    }

    /// <summary>Writes at once on the pipeline thread, and through the queue elsewhere.</summary>
    public void Write(Action write)
    {
        var queue = _queueOfBody.Value ?? _runningQueue;
        if (queue is null || (!IsInBody && queue.PipelineThread == Environment.CurrentManagedThreadId))
        {
            write();
        }
        else if (!_stopping.IsCancellationRequested)
        {
            queue.Add(write);
        }
    }

    /// <summary>Waits while the queue of the calling body is full.</summary>
    public Task WaitForRoomAsync(CancellationToken ct)
    {
        // The writes of a stopped body are dropped, so its queue is never full, and the body would not end.
        ct.ThrowIfCancellationRequested();
        return _queueOfBody.Value?.WaitForRoomAsync(ct) ?? Task.CompletedTask;
    }

    /// <summary>Runs a function on the pipeline thread and waits for its result.</summary>
    public async Task<T> CallAsync<T>(Func<T> function, CancellationToken ct)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Write(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception e) when (e is not PipelineStoppedException)
            {
                result.SetException(e);
            }
        });
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, _stopping.Token);
        return await result.Task.WaitAsync(linked.Token);
    }

    /// <summary>Cancels the running body.</summary>
    public void Cancel()
    {
        try
        {
            // Cancel() would run continuations on the calling thread, which can be the pipeline thread.
            _ = _stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline ended at the same time.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunBodyAsync(Func<CancellationToken, Task> body, RecordQueue queue)
    {
        _queueOfBody.Value = queue;
        try
        {
            await body(_stopping.Token);
        }
        finally
        {
            queue.Close();
        }
    }

    // Continue after a failed write: the body must be cancelled, clean up and end before the pipeline does.
    private ExceptionDispatchInfo? Drain(RecordQueue queue)
    {
        ExceptionDispatchInfo? failedWrite = null;
        while (queue.TryTake(out var write))
        {
            if (failedWrite is not null)
            {
                continue;
            }

            try
            {
                write();
            }
            catch (Exception e)
            {
                failedWrite = ExceptionDispatchInfo.Capture(e);
                Cancel();
            }
        }

        return failedWrite;
    }

    private void Finish(Task work, ExceptionDispatchInfo? failedWrite)
    {
        try
        {
            work.GetAwaiter().GetResult();
        }
        catch (Exception) when (failedWrite is not null)
        {
            // The failed write has ended the body.
        }
        catch (OperationCanceledException e) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException(e.Message, e);
        }

        failedWrite?.Throw();
    }
}
