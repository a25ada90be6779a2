using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Lets this session's cmdlets work on the local rack again.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ConvoxRack")]
public sealed class DisconnectConvoxRackCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RackConnections.Disconnect();
}
