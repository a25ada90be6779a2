using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ConvoxSsl.Engine;
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
    private readonly BodyRunner _runner = new();
    private readonly ProgressTracker _progress = new();

    /// <summary>True if the host can prompt a user. A non-interactive host must never be prompted.</summary>
    protected bool IsInteractive => HostInteractivity.CanPrompt(Host);

    /// <summary>Runs once before the first record.</summary>
    protected virtual Task BeginProcessingAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once for each record.</summary>
    protected virtual Task ProcessRecordAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs once after the last record.</summary>
    protected virtual Task EndProcessingAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(BeginProcessingAsync);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(ProcessRecordAsync);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(EndProcessingAsync);

    /// <inheritdoc/>
    protected override void StopProcessing() => _runner.Cancel();

    /// <summary>Runs an async body from the pipeline thread. Returns after it has ended and all its output is written.</summary>
    /// <param name="body">The work. It can write but must not prompt.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    protected void Run(Func<CancellationToken, Task> body)
    {
        try
        {
            _runner.Run(body, onEnd: () => _progress.Complete(CommandRuntime));
        }
        catch (TerminatingErrorException e)
        {
            base.ThrowTerminatingError(e.ErrorRecord);
        }
    }

    /// <summary>Runs an async body that returns a result, as <see cref="Run"/> does.</summary>
    /// <param name="body">The work. It can write but must not prompt.</param>
    protected T Run<T>(Func<CancellationToken, Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        T result = default!;
        Run(async ct => { result = await body(ct); });
        return result;
    }

    /// <summary>Writes an object; a collection is not enumerated.</summary>
    protected new void WriteObject(object? sendToPipeline) => _runner.Write(() => base.WriteObject(sendToPipeline));

    /// <summary>Writes an object, or the elements of a collection.</summary>
    protected new void WriteObject(object? sendToPipeline, bool enumerateCollection) =>
        _runner.Write(() => base.WriteObject(sendToPipeline, enumerateCollection));

    /// <summary>Writes one of many objects, and waits while downstream commands are far behind.</summary>
    protected Task WriteObjectAsync(object? sendToPipeline, CancellationToken ct)
    {
        WriteObject(sendToPipeline);
        return _runner.WaitForRoomAsync(ct);
    }

    /// <summary>Writes a non-terminating error.</summary>
    protected new void WriteError(ErrorRecord errorRecord) => _runner.Write(() => base.WriteError(errorRecord));

    /// <summary>Writes to the verbose stream.</summary>
    protected new void WriteVerbose(string text) => _runner.Write(() => base.WriteVerbose(DisplayText.Sanitize(text)));

    /// <summary>Writes to the debug stream.</summary>
    protected new void WriteDebug(string text) => _runner.Write(() => base.WriteDebug(DisplayText.Sanitize(text)));

    /// <summary>Writes a warning.</summary>
    protected new void WriteWarning(string text) => _runner.Write(() => base.WriteWarning(DisplayText.Sanitize(text)));

    /// <summary>Writes to the information stream.</summary>
    protected new void WriteInformation(InformationRecord record) => _runner.Write(() => base.WriteInformation(record));

    /// <summary>Writes to the information stream.</summary>
    protected new void WriteInformation(object messageData, string[] tags) => _runner.Write(() => base.WriteInformation(messageData, tags));

    /// <summary>Writes a copy of a progress record. An activity that the body does not complete is completed at its end.</summary>
    protected new void WriteProgress(ProgressRecord progressRecord)
    {
        ArgumentNullException.ThrowIfNull(progressRecord);
        var copy = ProgressTracker.Copy(progressRecord);
        _runner.Write(() => _progress.Write(CommandRuntime, copy));
    }

    /// <summary>Runs an action on the pipeline thread, in order with the output. Scripts can be called there.</summary>
    /// <param name="action">The action. It must not run an async body.</param>
    protected void OnPipelineThread(Action action) => _runner.Write(action);

    /// <summary>Runs a function on the pipeline thread and waits for its result.</summary>
    /// <param name="function">The function. It must not run an async body.</param>
    /// <param name="ct">Cancels the wait, as does the end of the pipeline.</param>
    protected Task<T> OnPipelineThreadAsync<T>(Func<T> function, CancellationToken ct) => _runner.CallAsync(function, ct);

    /// <summary>Resolves a path, which need not exist, in the file system.</summary>
    protected new string GetUnresolvedProviderPathFromPSPath(string path) => FileSystemPath.Resolve(SessionState.Path, path);

    /// <summary>Ends the pipeline with a terminating error.</summary>
    [DoesNotReturn]
    protected new void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        if (_runner.IsInBody)
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
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _runner.Dispose();
        }
    }
}
