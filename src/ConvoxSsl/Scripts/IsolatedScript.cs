using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Scripts;

/// <summary>A user's script with its parameters. It runs in a new session.</summary>
/// <param name="text">The script.</param>
/// <param name="parameters">The values of its parameters by name.</param>
/// <param name="arguments">The values of its parameters by position.</param>
/// <param name="secrets">The text to redact in errors.</param>
/// <param name="errorCode">The code of the error of a script that fails.</param>
internal sealed class IsolatedScript(
    string text, Hashtable parameters, IReadOnlyList<object> arguments, IReadOnlyList<string> secrets, string errorCode)
{
    private static readonly TimeSpan MaxStop = TimeSpan.FromSeconds(5);

    /// <summary>Runs the script.</summary>
    /// <param name="name">The name in errors.</param>
    /// <param name="ct">Stops the script.</param>
    /// <returns>The output.</returns>
    /// <exception cref="EngineException">The script wrote an error or threw an exception.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(string name, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var shell = CreateShell();

        // A thread of PowerShell would keep the process alive if the script never ends.
        var run = Task.Factory.StartNew(
            () => shell.Invoke(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await WaitAsync(shell, run, ct);
            ct.ThrowIfCancellationRequested();
            return shell.Streams.Error.FirstOrDefault() is { } error
                ? throw CreateFailure(name, error.ToString())
                : [.. (await run).Select(output => $"{output}")];
        }
        catch (Exception e) when (e is RuntimeException or InvalidPowerShellStateException)
        {
            ct.ThrowIfCancellationRequested();
            throw CreateFailure(name, e.Message);
        }
        finally
        {
            Release(shell, run);
        }
    }

    private PowerShell CreateShell()
    {
        var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(text).AddParameters(parameters);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    // Waits for the end of a stopped script too, but not forever: PowerShell cannot interrupt a call of .NET.
    private static async Task WaitAsync(PowerShell shell, Task run, CancellationToken ct)
    {
        using var abandoned = new CancellationTokenSource();
        await using var stopping = ct.Register(() =>
        {
            abandoned.CancelAfter(MaxStop);
            _ = Task.Run(shell.Stop);
        });
        await run.WaitAsync(abandoned.Token);
    }

    private static void Release(PowerShell shell, Task run)
    {
        if (run.IsCompleted)
        {
            var runspace = shell.Runspace;
            shell.Dispose();
            runspace.Dispose();
            return;
        }

        _ = run.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                Release(shell, ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    // Drop the cause, because it can contain the secrets.
    private EngineException CreateFailure(string name, string message)
    {
        var redacted = Redaction.Redact(message, secrets);
        return new EngineException(errorCode, EngineErrorKind.InvalidState, $"{name} failed: {redacted.TrimEnd('.')}.");
    }
}
