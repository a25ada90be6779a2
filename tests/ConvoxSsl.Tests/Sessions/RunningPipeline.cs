using System.Diagnostics;
using System.Management.Automation;
using ConvoxSsl.Tests.Errors;

namespace ConvoxSsl.Tests.Sessions;

/// <summary>A running script.</summary>
public sealed class RunningPipeline
{
    private readonly PowerShell _shell;

    internal RunningPipeline(PowerShell shell)
    {
        _shell = shell;

        // Use a separate thread, because a stopped or blocked pipeline must not starve the thread pool of the async bodies.
        Completion = Task.Factory.StartNew(Invoke, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The result after the end of the script.</summary>
    public Task<PowerShellResult> Completion { get; }

    /// <summary>Stops the script as Ctrl+C does, and returns the time until its end.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        await Task.Run(_shell.Stop);
        await Completion;
        return watch.Elapsed;
    }

    private PowerShellResult Invoke()
    {
        var output = new PSDataCollection<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            _shell.Invoke(null, output);
        }
        catch (PipelineStoppedException)
        {
            // The state below shows the stop even if Invoke returns normally.
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        foreach (var error in _shell.Streams.Error.Append(terminating).OfType<ErrorRecord>())
        {
            Advice.Verify(error);
        }

        return new PowerShellResult
        {
            Objects = [.. output],
            Errors = [.. _shell.Streams.Error],
            TerminatingError = terminating,
            Stopped = _shell.InvocationStateInfo.State == PSInvocationState.Stopped,
            Verbose = [.. _shell.Streams.Verbose.Select(record => record.Message)],
            Warnings = [.. _shell.Streams.Warning.Select(record => record.Message)],
            Debug = [.. _shell.Streams.Debug.Select(record => record.Message)],
            Information = [.. _shell.Streams.Information.Select(record => record.MessageData.ToString()!)],
            Progress = [.. _shell.Streams.Progress],
        };
    }
}
