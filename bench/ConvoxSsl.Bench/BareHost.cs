using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ConvoxSsl.Bench;

/// <summary>The least that runs PowerShell.</summary>
internal static class BareHost
{
    public const string Argument = "host";

    /// <summary>Opens a session, imports a module where one is named, and writes the processor time of it all in milliseconds.</summary>
    public static void Run(string? module)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var powerShell = PowerShell.Create(runspace);
        powerShell.AddCommand("Get-Module");
        if (module is not null)
        {
            powerShell.AddStatement().AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", ActionPreference.Stop);
        }

        powerShell.Invoke();
        Console.WriteLine(Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }
}
