using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ConvoxSsl.Tests;

/// <summary>A script that runs in a session.</summary>
public sealed class RunningScript : IDisposable
{
    private readonly PowerShell _powerShell;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly Task _end;

    internal RunningScript(Runspace runspace, string script)
    {
        _powerShell = PowerShell.Create(runspace);
        _powerShell.AddScript(script);
        _end = _powerShell.InvokeAsync<PSObject, PSObject>(null, _output);
    }

    /// <summary>Whether it runs, failed or was stopped.</summary>
    public PSInvocationState State => _powerShell.InvocationStateInfo.State;

    /// <summary>Waits for its end.</summary>
    public async Task<PowerShellRun> WaitAsync()
    {
        ErrorRecord? terminating = null;
        try
        {
            await _end;
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            terminating = e.ErrorRecord;
        }
        catch (PipelineStoppedException)
        {
        }

        var streams = _powerShell.Streams;
        return new PowerShellRun
        {
            Output = [.. _output],
            Errors = terminating is null ? [.. streams.Error] : [.. streams.Error, terminating],
            Terminated = terminating is not null,
            Warnings = [.. streams.Warning.Select(w => w.Message)],
            Verbose = [.. streams.Verbose.Select(v => v.Message)],
            Debug = [.. streams.Debug.Select(d => d.Message)],
            Progress = [.. streams.Progress],
        };
    }

    /// <summary>Returns when a progress record or verbose line holds the text.</summary>
    public async Task WaitForAsync(string text, CancellationToken ct)
    {
        while (!_powerShell.Streams.Progress.Any(p => p.StatusDescription.Contains(text, StringComparison.Ordinal))
            && !_powerShell.Streams.Verbose.Any(v => v.Message.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(10, ct);
        }
    }

    /// <summary>What Ctrl+C does; returns when the pipeline has ended.</summary>
    public async Task<PowerShellRun> StopAsync()
    {
        await Task.Factory.FromAsync(_powerShell.BeginStop, _powerShell.EndStop, null);
        return await WaitAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _powerShell.Dispose();
        _output.Dispose();
    }
}
