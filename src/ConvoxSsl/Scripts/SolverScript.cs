using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scripts;

/// <summary>A script of a DNS solver with its parameters, run in a session of its own.</summary>
/// <param name="text">The script.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="secrets">What no error may show.</param>
internal sealed class SolverScript(string text, Hashtable parameters, IReadOnlyList<string> secrets)
{
    /// <summary>Runs it to its end; its output is dropped.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>DnsScriptFailed</c>: it wrote an error or threw.</exception>
    public async Task RunAsync(string name, CancellationToken ct)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(text).AddParameters(parameters);
        await using var stopping = ct.Register(() => shell.BeginStop(null, null));
        try
        {
            await Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke);
        }
        catch (RuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            throw Failed(name, e.Message);
        }

        ct.ThrowIfCancellationRequested();
        if (shell.Streams.Error.FirstOrDefault() is { } error)
        {
            throw Failed(name, error.ToString());
        }
    }

    // Without the cause: it would show what the text hides.
    private EngineException Failed(string name, string message)
    {
        var told = Redaction.Redact(message, secrets);
        return new EngineException(
            ErrorCode.DnsScriptFailed, EngineErrorKind.InvalidState, $"{name} failed: {told.TrimEnd('.')}. Try it by hand with a name and a value, then mend it with Set-ConvoxDnsSolver.");
    }
}
