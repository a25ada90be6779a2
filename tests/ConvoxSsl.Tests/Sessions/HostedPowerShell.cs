using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Tests.Sessions;

/// <summary>A PowerShell session with the module, a recording host, and its own rack.</summary>
/// <remarks>Sessions share nothing, so tests can run in parallel. A session runs one pipeline at a time.</remarks>
public sealed class HostedPowerShell : IDisposable
{
    private static readonly Lazy<InitialSessionState> ModuleState = new(CreateModuleState);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("convoxssl-");
    private readonly Runspace _runspace;

    // Dispose the shells at the end, because a disposal during Stop() breaks it.
    private readonly List<PowerShell> _shells = [];

    /// <param name="answers">The answers to prompts, in order; null for a host that cannot prompt.</param>
    /// <param name="cmdlets">Additional cmdlets for the test.</param>
    /// <param name="connect">True to connect the session to its rack, so that tests never use the user's own rack.</param>
    public HostedPowerShell(IEnumerable<string>? answers = null, IEnumerable<Type>? cmdlets = null, bool connect = true)
    {
        Host = new RecordingHost(answers);
        _runspace = RunspaceFactory.CreateRunspace(Host, NewSessionState(cmdlets ?? []));
        _runspace.Open();
        Set("Rack", RackPath);
        if (connect)
        {
            OnThisThread(() => RackConnections.Connect(RackLocator.CreateLocal(RackPath, null)));
        }
    }

    /// <summary>The recording host, with its text and its prompts.</summary>
    internal RecordingHost Host { get; }

    /// <summary>The directory of the session's rack, which is <c>$Rack</c> in scripts.</summary>
    public string RackPath => Path.Combine(_home.FullName, "rack");

    /// <summary>Returns a path in the session's temporary directory.</summary>
    public string this[string name] => Path.Combine(_home.FullName, name);

    /// <summary>Sets a variable of the session.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script. Errors are in the result and not thrown.</summary>
    public async Task<PowerShellResult> RunAsync(string script, CancellationToken ct)
    {
        var pipeline = Start(script);
        await using var stopping = ct.Register(() => _ = pipeline.StopAsync());
        return await pipeline.Completion;
    }

    /// <summary>Starts a script that the test stops, as Ctrl+C does.</summary>
    public RunningPipeline Start(string script)
    {
        var shell = PowerShell.Create(_runspace);
        _shells.Add(shell);

        // A terminating error ends only its statement and looks like any other error unless it is caught.
        shell.AddScript($"try {{\n{script}\n}} catch {{ throw }}");
        return new RunningPipeline(shell);
    }

    /// <summary>Runs an action on this thread with the session as the default runspace.</summary>
    public void OnThisThread(Action action)
    {
        var previous = Runspace.DefaultRunspace;
        Runspace.DefaultRunspace = _runspace;
        try
        {
            action();
        }
        finally
        {
            Runspace.DefaultRunspace = previous;
        }
    }

    public void Dispose()
    {
        _shells.ForEach(shell => shell.Dispose());
        _runspace.Dispose();
        _home.Delete(recursive: true);
    }

    private static InitialSessionState NewSessionState(IEnumerable<Type> cmdlets)
    {
        // A copy: reading the module, its formats and its types costs more than opening a session.
        var state = ModuleState.Value.Clone();
        foreach (var type in cmdlets)
        {
            var name = (CmdletAttribute)Attribute.GetCustomAttribute(type, typeof(CmdletAttribute))!;
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
        }

        return state;
    }

    private static InitialSessionState CreateModuleState()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule([typeof(AsyncCmdlet).Assembly.Location]);
        var format = Path.Combine(AppContext.BaseDirectory, "ConvoxSsl.Format.ps1xml");
        if (File.Exists(format))
        {
            state.Formats.Add(new SessionStateFormatEntry(format));
        }

        var types = Path.Combine(AppContext.BaseDirectory, "ConvoxSsl.Types.ps1xml");
        if (File.Exists(types))
        {
            state.Types.Add(new SessionStateTypeEntry(types));
        }

        return state;
    }
}
