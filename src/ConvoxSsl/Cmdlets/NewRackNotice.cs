using System.Management.Automation;

namespace ConvoxSsl.Cmdlets;

/// <summary>The message that a command creates a rack, so that a typing error in its path is seen.</summary>
internal static class NewRackNotice
{
    /// <summary>The tags of the output of Write-Host: the message is shown, and scripts that create a rack have no warning.</summary>
    public static readonly string[] Tags = ["PSHOST"];

    /// <summary>True if a rack is a directory that does not exist yet.</summary>
    public static bool IsNeeded(ConvoxRack rack) => rack.Kind == ConvoxRackKind.Local && !Directory.Exists(rack.Location);

    /// <summary>Creates the message.</summary>
    public static HostInformationMessage Create(ConvoxRack rack) =>
        new() { Message = $"There is no rack at '{rack.Location}' yet. A new one will be created there." };
}
