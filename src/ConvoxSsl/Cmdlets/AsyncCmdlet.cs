using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Cmdlets;

/// <summary>
/// A cmdlet whose work is asynchronous. The work runs on the thread pool; what it writes is queued and written by the
/// pipeline thread, which does not leave before the work has ended, clean-up included.
/// </summary>
/// <remarks>
/// ShouldProcess, prompts and parameter checks belong to the pipeline thread: override
/// <see cref="Cmdlet.ProcessRecord"/>, ask there, and call the base or <see cref="Run"/>.
/// </remarks>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Follows the body wherever it goes, so that a task that outlives its record still finds its own, closed queue.
    private readonly AsyncLocal<RecordQueue?> _queueOfBody = new();
    private readonly Dictionary<int, ProgressRecord> _openActivities = [];

    // Negative, so as never to meet the numbers that PowerShell gives to cmdlets.
    private readonly long _progressSource = -Random.Shared.NextInt64(1, long.MaxValue);
    private volatile RecordQueue? _runningQueue;

    /// <summary>Whether somebody can answer a prompt. A host that is not interactive must never be prompted.</summary>
    protected bool IsInteractive => HostInteractivity.CanPrompt(Host);

    /// <summary>Runs once, before the first record.</summary>
    /// <param name="ct">Cancelled when the pipeline stops.</param>
    protected virtual Task BeginProcessingAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once for each record.</summary>
    /// <param name="ct">Cancelled when the pipeline stops.</param>
    protected virtual Task ProcessRecordAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once, after the last record.</summary>
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

    /// <summary>Runs an async body from the pipeline thread, and returns when it has ended and all it wrote is written.</summary>
    /// <param name="body">The work; it may write, but not prompt.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    protected void Run(Func<CancellationToken, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_queueOfBody.Value is not null)
        {
            throw new InvalidOperationException("An async body cannot run another one: await it instead.");
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

    /// <summary>As <see cref="Run"/>, for work that has a result.</summary>
    /// <typeparam name="T">What the work results in.</typeparam>
    /// <param name="body">The work; it may write, but not prompt.</param>
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
    /// <param name="enumerateCollection">Whether a collection's elements are written one by one.</param>
    protected new void WriteObject(object? sendToPipeline, bool enumerateCollection) =>
        Write(() => base.WriteObject(sendToPipeline, enumerateCollection));

    /// <summary>Writes one of many objects, and waits while the commands downstream are far behind.</summary>
    /// <param name="sendToPipeline">The object.</param>
    /// <param name="ct">Ends the waiting, as the end of the pipeline does.</param>
    protected Task WriteObjectAsync(object? sendToPipeline, CancellationToken ct)
    {
        WriteObject(sendToPipeline);
        return _queueOfBody.Value?.WaitForRoomAsync(ct) ?? Task.CompletedTask;
    }

    /// <summary>Writes an error after which the next record may still succeed.</summary>
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
    /// <param name="tags">Words to filter by.</param>
    protected new void WriteInformation(object messageData, string[] tags) => Write(() => base.WriteInformation(messageData, tags));

    /// <summary>Writes progress. The activity is completed when the body ends, if the body has not done it.</summary>
    /// <param name="progressRecord">The progress; it may be changed and written again.</param>
    protected new void WriteProgress(ProgressRecord progressRecord)
    {
        ArgumentNullException.ThrowIfNull(progressRecord);
        var copy = Copy(progressRecord);
        Write(() => WriteTrackedProgress(copy));
    }

    /// <summary>Does something on the pipeline thread, in turn with what is written; from there scripts can be called.</summary>
    /// <param name="action">What to do; it must not run an async body.</param>
    protected void OnPipelineThread(Action action) => Write(action);

    /// <summary>As <see cref="OnPipelineThread"/>, and waits for what comes of it.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="function">What to do; it must not run an async body.</param>
    /// <param name="ct">Ends the waiting, as the end of the pipeline does.</param>
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _stopping.Token);
        return await result.Task.WaitAsync(either.Token);
    }

    /// <summary>Ends the pipeline with an error.</summary>
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

    /// <summary>Frees what the cmdlet holds. PowerShell calls it when the pipeline has ended.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">Whether it is called from <see cref="Dispose()"/>.</param>
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

    // Goes on after a failed write: the body must hear of it, clean up and end before the pipeline may.
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
            // The body's end is a consequence of the write that failed.
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

    // Not Cancel(): that one runs the body's continuation on the calling thread, which may be the pipeline's.
    private void Cancel()
    {
        try
        {
            _ = _stopping.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline ended while the stop was on its way.
        }
    }

    // Under a source number of our own, because the numbered form is the one that a stopped pipeline still permits.
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
