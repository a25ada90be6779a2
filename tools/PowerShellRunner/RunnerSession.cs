using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace PowerShellRunner;

/// <summary>A runspace with the module that runs one script.</summary>
internal sealed class RunnerSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RunnerOptions _options;
    private readonly RunnerHost _host;
    private readonly Runspace _runspace;
    private PowerShell? _running;
    private bool _stopped;

    public RunnerSession(RunnerOptions options)
    {
        _options = options;
        _host = new RunnerHost(canPrompt: !options.NonInteractive && !Console.IsInputRedirected);
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.Variables.Add(options.Preferences.Select(p => new SessionStateVariableEntry(p.Key, p.Value, null)));
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
    }

    /// <summary>Imports the module and runs the script or command.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        try
        {
            if (_options.Module is { } module)
            {
                Invoke(ps => ps
                    .AddCommand("Import-Module")
                    .AddParameter("Name", module)
                    .AddParameter("ErrorAction", ActionPreference.Stop));
            }

            RunScript();
            return _stopped ? ExitCodes.Interrupted : _host.ExitCode ?? ExitCodes.Success;
        }
        catch (PipelineStoppedException)
        {
            return ExitCodes.Interrupted;
        }
        catch (RuntimeException e)
        {
            _host.UI.WriteErrorLine(ErrorText.Format(e.ErrorRecord));
            return ExitCodes.TerminatingError;
        }
    }

    /// <summary>Requests a stop and returns at once. <see cref="Run"/> returns when the cmdlets have cleaned up.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _running?.BeginStop(null, null);
        }
    }

    public void Dispose() => _runspace.Dispose();

    private void RunScript()
    {
        if (_options.Echo)
        {
            RunStatements();
        }
        else if (_options.Command is { } command)
        {
            Invoke(ps => ps.AddScript(command, useLocalScope: false));
        }
        else
        {
            RunFile(_options.Script!);
        }
    }

    private void RunFile(string file)
    {
        _ = Parser.ParseFile(file, out _, out var errors);
        if (errors.Length > 0)
        {
            throw new ParseException(errors);
        }

        // A file that is invoked as a command loses the code of its exit statement, so wrap it in a script.
        Invoke(ps => ps
            .AddScript(
                "param($File, $Arguments) $global:LASTEXITCODE = 0; & $File @Arguments; if ($LASTEXITCODE) { exit $LASTEXITCODE }",
                useLocalScope: true)
            .AddParameter("File", file)
            .AddParameter("Arguments", _options.Arguments.ToArray()));
    }

    private void RunStatements()
    {
        var text = _options.Command ?? File.ReadAllText(_options.Script!);
        foreach (var statement in EchoedStatement.Split(text, _options.Script))
        {
            _host.WriteAfterGap(statement.Echo);
            Invoke(ps => ps.AddScript(statement.Text, useLocalScope: false));
            if (_host.ExitCode is not null)
            {
                return;
            }
        }
    }

    private void Invoke(Func<PowerShell, PowerShell> command)
    {
        using var powerShell = command(PowerShell.Create(_runspace));
        powerShell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        powerShell.AddCommand("Out-Default");
        lock (_gate)
        {
            if (_stopped)
            {
                throw new PipelineStoppedException();
            }

            _running = powerShell;
        }

        try
        {
            powerShell.Invoke();
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}
