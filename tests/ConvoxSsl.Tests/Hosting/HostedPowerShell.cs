using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>A PowerShell session with the module imported, a host that records, and a rack of its own.</summary>
/// <remarks>Sessions share nothing, so that tests may run side by side; one session runs one pipeline at a time.</remarks>
public sealed class HostedPowerShell : IDisposable
{
    private static readonly Lazy<InitialSessionState> ModuleState = new(CreateModuleState);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("convoxssl-");
    private readonly Runspace _runspace;

    // Kept to the end, because a shell that is disposed while Stop() returns breaks Stop().
    private readonly List<PowerShell> _shells = [];

    /// <param name="answers">What the person at the prompt answers, in order; without it, the host can't prompt.</param>
    /// <param name="cmdlets">Cmdlets of the tests' own, beside the module's.</param>
    /// <param name="connect">Whether the session is connected to its rack, so that no test meets the user's own.</param>
    public HostedPowerShell(IEnumerable<string>? answers = null, IEnumerable<Type>? cmdlets = null, bool connect = true)
    {
        Host = new RecordingHost(answers);
        _runspace = RunspaceFactory.CreateRunspace(Host, NewSessionState(cmdlets ?? []));
        _runspace.Open();
        Set("Rack", RackPath);
        if (connect)
        {
            OnThisThread(() => RackConnections.Connect(CompositionRoot.Local(RackPath, null)));
        }
    }

    /// <summary>What came to the host instead of to a stream: text, and the prompts that were answered.</summary>
    internal RecordingHost Host { get; }

    /// <summary>The directory of the session's rack; scripts know it as <c>$Rack</c>.</summary>
    public string RackPath => Path.Combine(_home.FullName, "rack");

    /// <summary>A path in the session's own temporary directory.</summary>
    public string this[string name] => Path.Combine(_home.FullName, name);

    /// <summary>Sets a variable of the session.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end. Errors are in the result, not thrown.</summary>
    public async Task<PowerShellResult> RunAsync(string script, CancellationToken ct)
    {
        var pipeline = Start(script);
        await using var stopping = ct.Register(() => _ = pipeline.StopAsync());
        return await pipeline.Completion;
    }

    /// <summary>Starts a script that the test will stop, as Ctrl+C does.</summary>
    public RunningPipeline Start(string script)
    {
        var shell = PowerShell.Create(_runspace);
        _shells.Add(shell);

        // A terminating error ends only its statement, and looks like any other, unless somebody catches it.
        shell.AddScript($"try {{\n{script}\n}} catch {{ throw }}");
        return new RunningPipeline(shell);
    }

    /// <summary>Does something on this thread as if in the session.</summary>
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
