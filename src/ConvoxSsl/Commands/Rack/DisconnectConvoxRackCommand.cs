using System.Management.Automation;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Commands;

/// <summary>Disconnects the session from its rack, so that cmdlets use the local rack again.</summary>
/// <remarks>
/// Nothing on the rack changes, and scheduled renewals go on. Objects that are still in variables refer to their rack by name, and
/// cmdlets that receive them continue to use it.
/// </remarks>
/// <example>
/// <para>Disconnects the session from its rack.</para>
/// <code>Disconnect-ConvoxRack</code>
/// </example>
/// <example>
/// <para>Disconnects the session and shows the location of the local rack.</para>
/// <code>
/// Disconnect-ConvoxRack
/// (Get-ConvoxRack).Location
/// </code>
/// </example>
/// <example>
/// <para>Renews on another rack in a script and restores the session.</para>
/// <code>
/// Connect-ConvoxRack -Name production
/// try { Update-ConvoxCertificate } finally { Disconnect-ConvoxRack }
/// </code>
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "ConvoxRack", HelpUri = HelpPages.Racks)]
public sealed class DisconnectConvoxRackCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RackConnections.Disconnect();
}
