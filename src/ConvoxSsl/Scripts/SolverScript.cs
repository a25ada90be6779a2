using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scripts;

/// <summary>A script of a DNS solver with its parameters. It runs in a new session.</summary>
/// <param name="text">The script.</param>
/// <param name="parameters">The values of its parameters by name.</param>
/// <param name="arguments">The values of its parameters by position.</param>
/// <param name="secrets">The text to redact in errors.</param>
internal sealed class SolverScript(
    string text, Hashtable parameters, IReadOnlyList<string> arguments, IReadOnlyList<string> secrets)
{
    /// <summary>Runs the script and discards its output.</summary>
    /// <param name="name">The name in errors.</param>
    /// <param name="ct">Stops the script.</param>
    /// <exception cref="EngineException"><c>DnsScriptFailed</c>: the script wrote an error or threw an exception.</exception>
    public async Task RunAsync(string name, CancellationToken ct)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(text).AddParameters(parameters);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        await using var stopping = ct.Register(() => shell.BeginStop(null, null));
        try
        {
            await Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke);
        }
        catch (RuntimeException e)
        {
            ct.ThrowIfCancellationRequested();
            throw CreateFailure(name, e.Message);
        }

        ct.ThrowIfCancellationRequested();
        if (shell.Streams.Error.FirstOrDefault() is { } error)
        {
            throw CreateFailure(name, error.ToString());
        }
    }

    // Drop the cause, because it can contain the secrets.
    private EngineException CreateFailure(string name, string message)
    {
        var redacted = Redaction.Redact(message, secrets);
        return new EngineException(ErrorCode.DnsScriptFailed, EngineErrorKind.InvalidState, $"{name} failed: {redacted.TrimEnd('.')}.");
    }
}
