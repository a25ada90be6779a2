// The smallest PowerShell host: opens a session and imports the module named by the argument, if any. Prints its
// processor time in milliseconds and its peak memory in bytes.
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
runspace.Open();
using var powerShell = PowerShell.Create(runspace);
powerShell.AddCommand("Get-Module");
if (args is [var module])
{
    powerShell.AddStatement().AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", ActionPreference.Stop);
}

powerShell.Invoke();
using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMilliseconds} {process.PeakWorkingSet64}"));
