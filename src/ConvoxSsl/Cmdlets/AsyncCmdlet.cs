using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Cmdlets;

/// <summary>
/// The base of asynchronous cmdlets. The work runs on the thread pool, and the pipeline thread writes its queued output. The pipeline
/// thread returns only after the work has ended, including its cleanup.
/// </summary>
/// <remarks>
/// ShouldProcess, prompts and parameter validation must run on the pipeline thread: override <see cref="Cmdlet.ProcessRecord"/>,
/// prompt there, and call the base method or <see cref="Run"/>.
/// </remarks>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Flows with the body, so that a task that outlives its record finds its own, closed queue.
    private readonly AsyncLocal<RecordQueue?> _queueOfBody = new();
    private readonly Dictionary<int, ProgressRecord> _openActivities = [];

    // Negative, because PowerShell assigns positive numbers to cmdlets.
    private readonly long _progressSource = -Random.Shared.NextInt64(1, long.MaxValue);
    private volatile RecordQueue? _runningQueue;

    /// <summary>True if the host can prompt a user. A non-interactive host must never be prompted.</summary>
    protected bool IsInteractive => HostInteractivity.CanPrompt(Host);

    /// <summary>Runs once before the first record.</summary>
    /// <param name="ct">Cancelled when the pipeline stops.</param>
    protected virtual Task BeginProcessingAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once for each record.</summary>
    /// <param name="ct">Cancelled when the pipeline stops.</param>
    protected virtual Task ProcessRecordAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once after the last record.</summary>
    /// <param name="ct">Cancelled when the pipeline stops.</param>
    protected virtual Task EndProcessingAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(BeginProcessingAsync);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(ProcessRecordAsync);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(EndProcessingAsync);

    /// <inheritdoc/>
    protected override void StopProcessing() => Cancel();

    /// <summary>Runs an async body from the pipeline thread. Returns after it has ended and all its output is written.</summary>
    /// <param name="body">The work. It can write but must not prompt.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    protected void Run(Func<CancellationToken, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_queueOfBody.Value is not null)
        {
            throw new InvalidOperationException("An async body cannot run another async body. Await it instead.");
        }

        if (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        var queue = new RecordQueue(Environment.CurrentManagedThreadId);
        _runningQueue = queue;
        var work = Task.Run(() => RunBodyAsync(body, queue));
        var failedWrite = Drain(queue);
        _runningQueue = null;
        try
        {
            Finish(work, failedWrite);
        }
        finally
        {
            CompleteProgress();
        }
    }

    /// <summary>Runs an async body that returns a result, as <see cref="Run"/> does.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">The work. It can write but must not prompt.</param>
    protected T Run<T>(Func<CancellationToken, Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        T result = default!;
        Run(async ct => { result = await body(ct); });
        return result;
    }

    /// <summary>Writes an object; a collection is not enumerated.</summary>
    /// <param name="sendToPipeline">The object.</param>
    protected new void WriteObject(object? sendToPipeline) => Write(() => base.WriteObject(sendToPipeline));

    /// <summary>Writes an object, or the elements of a collection.</summary>
    /// <param name="sendToPipeline">The object.</param>
    /// <param name="enumerateCollection">True to write the elements of a collection one by one.</param>
    protected new void WriteObject(object? sendToPipeline, bool enumerateCollection) =>
        Write(() => base.WriteObject(sendToPipeline, enumerateCollection));

    /// <summary>Writes one of many objects, and waits while downstream commands are far behind.</summary>
    /// <param name="sendToPipeline">The object.</param>
    /// <param name="ct">Cancels the wait, as does the end of the pipeline.</param>
    protected Task WriteObjectAsync(object? sendToPipeline, CancellationToken ct)
    {
        WriteObject(sendToPipeline);
        return _queueOfBody.Value?.WaitForRoomAsync(ct) ?? Task.CompletedTask;
    }

    /// <summary>Writes a non-terminating error.</summary>
    /// <param name="errorRecord">The error.</param>
    protected new void WriteError(ErrorRecord errorRecord) => Write(() => base.WriteError(errorRecord));

    /// <summary>Writes to the verbose stream.</summary>
    /// <param name="text">The message.</param>
    protected new void WriteVerbose(string text) => Write(() => base.WriteVerbose(text));

    /// <summary>Writes to the debug stream.</summary>
    /// <param name="text">The message.</param>
    protected new void WriteDebug(string text) => Write(() => base.WriteDebug(text));

    /// <summary>Writes a warning.</summary>
    /// <param name="text">The message.</param>
    protected new void WriteWarning(string text) => Write(() => base.WriteWarning(text));

    /// <summary>Writes to the information stream.</summary>
    /// <param name="informationRecord">The record.</param>
    protected new void WriteInformation(InformationRecord informationRecord) => Write(() => base.WriteInformation(informationRecord));

    /// <summary>Writes to the information stream.</summary>
    /// <param name="messageData">The message.</param>
    /// <param name="tags">The tags to filter by.</param>
    protected new void WriteInformation(object messageData, string[] tags) => Write(() => base.WriteInformation(messageData, tags));

    /// <summary>Writes progress. An activity that the body does not complete is completed at its end.</summary>
    /// <param name="progressRecord">The progress. The record can be changed and written again.</param>
    protected new void WriteProgress(ProgressRecord progressRecord)
    {
        ArgumentNullException.ThrowIfNull(progressRecord);
        var copy = Copy(progressRecord);
        Write(() => WriteTrackedProgress(copy));
    }

    /// <summary>Runs an action on the pipeline thread, in order with the output. Scripts can be called there.</summary>
    /// <param name="action">The action. It must not run an async body.</param>
    protected void OnPipelineThread(Action action) => Write(action);

    /// <summary>Runs a function on the pipeline thread and waits for its result.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">The function. It must not run an async body.</param>
    /// <param name="ct">Cancels the wait, as does the end of the pipeline.</param>
    protected async Task<T> OnPipelineThreadAsync<T>(Func<T> function, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(function);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        OnPipelineThread(() =>
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

    /// <summary>Ends the pipeline with a terminating error.</summary>
    /// <param name="errorRecord">The error.</param>
    [DoesNotReturn]
    protected new void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        if (_queueOfBody.Value is not null)
        {
            throw new TerminatingErrorException(errorRecord);
        }

        base.ThrowTerminatingError(errorRecord);
        throw new PipelineStoppedException();
    }

    /// <summary>Releases the cmdlet's resources. PowerShell calls this after the pipeline has ended.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the cmdlet's resources.</summary>
    /// <param name="disposing">True if called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stopping.Dispose();
        }
    }

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
        catch (TerminatingErrorException e)
        {
            base.ThrowTerminatingError(e.ErrorRecord);
        }

        failedWrite?.Throw();
    }

    private void Write(Action write)
    {
        var queue = _queueOfBody.Value ?? _runningQueue;
        if (queue is null || (_queueOfBody.Value is null && queue.PipelineThread == Environment.CurrentManagedThreadId))
        {
            write();
        }
        else if (!_stopping.IsCancellationRequested)
        {
            queue.Add(write);
        }
    }

    // Cancel() would run continuations on the calling thread, which can be the pipeline thread.
    private void Cancel()
    {
        try
        {
            _ = _stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline ended at the same time.
        }
    }

    // Use the overload with a source ID, because a stopped pipeline still permits it.
    private void WriteTrackedProgress(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            _openActivities.Remove(record.ActivityId);
        }
        else
        {
            _openActivities[record.ActivityId] = record;
        }

        CommandRuntime.WriteProgress(_progressSource, record);
    }

    private void CompleteProgress()
    {
        foreach (var open in _openActivities.Values.Reverse().ToArray())
        {
            var completed = Copy(open);
            completed.RecordType = ProgressRecordType.Completed;
            WriteTrackedProgress(completed);
        }
    }

    private static ProgressRecord Copy(ProgressRecord record) =>
        new(record.ActivityId, record.Activity, record.StatusDescription)
        {
            CurrentOperation = record.CurrentOperation,
            ParentActivityId = record.ParentActivityId,
            PercentComplete = record.PercentComplete,
            RecordType = record.RecordType,
            SecondsRemaining = record.SecondsRemaining,
        };
}
