using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Lets this session's cmdlets work on the local rack again.</summary>
/// <example>
/// <code>
/// Disconnect-ConvoxRack
/// </code>
/// Lets this session work on the local rack again.
/// </example>
/// <example>
/// <code>
/// Disconnect-ConvoxRack
/// (Get-ConvoxRack).Location
/// </code>
/// Does so, and shows where that is.
/// </example>
/// <example>
/// <code>
/// Connect-ConvoxRack -Name production
/// try { Update-ConvoxCertificate } finally { Disconnect-ConvoxRack }
/// </code>
/// Renews on another rack in a script, and leaves the session as it was.
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "ConvoxRack")]
public sealed class DisconnectConvoxRackCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => RackConnections.Disconnect();
}
