using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Security;

namespace ConvoxSsl.Tests;

/// <summary>
/// A session of a real PowerShell engine with the module's cmdlets in it. Without a host it is as non-interactive as a
/// job: a question throws.
/// </summary>
public sealed class HostedPowerShell : IDisposable
{
    private readonly Runspace _runspace;

    /// <param name="host">Who answers; null for nobody.</param>
    /// <param name="cmdlets">Cmdlets of the test beside the module's.</param>
    public HostedPowerShell(PSHost? host = null, params Type[] cmdlets)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(typeof(ConvoxCertificate).Assembly.Location);
        foreach (var cmdlet in cmdlets)
        {
            var name = (CmdletAttribute)cmdlet.GetCustomAttributes(typeof(CmdletAttribute), inherit: false)[0];
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", cmdlet, null));
        }

        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    /// <summary>A password or token as users hand it over.</summary>
    public static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    /// <summary>Sets a variable of the session.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end.</summary>
    public async Task<PowerShellRun> RunAsync(string script, params (string Name, object Value)[] variables)
    {
        using var running = Start(script, variables);
        return await running.WaitAsync();
    }

    /// <summary>Starts a script, so that it can be stopped.</summary>
    public RunningScript Start(string script, params (string Name, object Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            Set(name, value);
        }

        return new RunningScript(_runspace, script);
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();
}
