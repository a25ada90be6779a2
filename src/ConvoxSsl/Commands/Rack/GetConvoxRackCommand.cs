using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Tells which rack cmdlets work on: the connected one, else that of <c>CONVOXSSL_RACK</c>, else the local one.</summary>
/// <example>
/// <code>
/// Get-ConvoxRack
/// </code>
/// Tells which rack cmdlets work on.
/// </example>
/// <example>
/// <code>
/// (Get-ConvoxRack).Location
/// </code>
/// Tells where it is: its directory, or its cluster.
/// </example>
/// <example>
/// <code>
/// Connect-ConvoxRack -Name production
/// if ((Get-ConvoxRack).Name -ne 'production') { throw 'This is another rack.' }
/// </code>
/// Makes sure of the rack before a script changes it.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxRack")]
[OutputType(typeof(ConvoxRack))]
public sealed class GetConvoxRackCommand : ConvoxCmdlet
{
    private protected override void ProcessInput() => WriteObject(FindRack());
}
