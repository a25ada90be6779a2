using System.Management.Automation;
using System.Management.Automation.Host;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Cmdlets;

/// <content>The confirmation of changes, and their preview.</content>
public abstract partial class ConvoxCmdlet
{
    /// <summary>True if the cmdlet prepares the rack for changes, so that a preview checks that it can.</summary>
    private protected virtual bool PreparesRack => CreatesRack;

    /// <summary>
    /// Calls ShouldProcess. A preview fails if the rack could not be changed. If the host cannot prompt, the error tells the user to add
    /// <c>-Confirm:$false</c>.
    /// </summary>
    private protected bool ConfirmAction(string target, string action)
    {
        if (PreparesRack && IsWhatIf)
        {
            Run(OpenRack().Rack.RequireWritableAsync);
        }

        try
        {
            return ShouldProcess(DisplayText.Sanitize(target), DisplayText.Sanitize(action));
        }
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException or NotSupportedException)
        {
            throw new InvalidInputException(
                ErrorCode.ConfirmationNeeded, $"'{action}' on '{target}' requires confirmation, and this host cannot prompt.", target, e);
        }
    }
}
