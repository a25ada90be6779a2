using System.Management.Automation.Host;

namespace ConvoxSsl.Cmdlets;

/// <summary>Tells whether somebody sits at the other end of a host. PowerShell has no public answer to that.</summary>
internal static class HostInteractivity
{
    private const int ShortestNonInteractive = 4;

    /// <summary>True when a prompt would reach a person.</summary>
    public static bool CanPrompt(PSHost? host)
    {
        if (host?.UI is null)
        {
            return false;
        }

        if (host.Name == "ConsoleHost")
        {
            return Environment.UserInteractive
                && !Console.IsInputRedirected
                && !DisablesPrompts(Environment.GetCommandLineArgs().Skip(1));
        }

        return HasScreen(host.UI);
    }

    /// <summary>Finds <c>-NonInteractive</c>, however shortened, among the arguments that pwsh itself reads.</summary>
    public static bool DisablesPrompts(IEnumerable<string> arguments) =>
        arguments
            .TakeWhile(argument => !Shortens(argument, "Command", 1) && !Shortens(argument, "File", 1) && !Shortens(argument, "EncodedCommand", 1))
            .Any(argument => Shortens(argument, "NonInteractive", ShortestNonInteractive));

    private static bool Shortens(string argument, string name, int shortest)
    {
        var given = argument.TrimStart('-', '/');
        return given.Length < argument.Length
            && given.Length >= shortest
            && name.StartsWith(given, StringComparison.OrdinalIgnoreCase);
    }

    // A host without a screen (a job, a service, PowerShell.Create with no host) has a UI object all the same, which
    // throws at the first touch.
    private static bool HasScreen(PSHostUserInterface userInterface)
    {
        try
        {
            _ = userInterface.RawUI.ForegroundColor;
            return true;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException or NullReferenceException)
        {
            return false;
        }
    }
}
