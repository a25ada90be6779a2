using System.Management.Automation.Host;

namespace ConvoxSsl.Cmdlets;

/// <summary>Determines whether a host can prompt a user. PowerShell has no public API for this.</summary>
internal static class HostInteractivity
{
    private const int MinNonInteractiveLength = 4;

    // Arguments after one of these belong to the command or script.
    private static readonly string[] s_lastParameters = ["Command", "File", "EncodedCommand"];

    /// <summary>True if a prompt would reach a user.</summary>
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

    /// <summary>True if the arguments of pwsh contain <c>-NonInteractive</c>, in full or abbreviated.</summary>
    public static bool DisablesPrompts(IEnumerable<string> arguments) =>
        arguments
            .TakeWhile(argument => !s_lastParameters.Any(name => Abbreviates(argument, name, 1)))
            .Any(argument => Abbreviates(argument, "NonInteractive", MinNonInteractiveLength));

    private static bool Abbreviates(string argument, string name, int minLength)
    {
        var text = argument.TrimStart('-', '/');
        return text.Length < argument.Length
            && text.Length >= minLength
            && name.StartsWith(text, StringComparison.OrdinalIgnoreCase);
    }

    // A host without a screen (a job, a service, PowerShell.Create without a host) also has a UI object, which throws on use.
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
