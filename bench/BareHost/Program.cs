// The least that runs PowerShell: opens a session, and imports the module that the argument names, if there is one. Writes
// the processor time of it all in milliseconds, and the most memory that the process had in bytes.
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
