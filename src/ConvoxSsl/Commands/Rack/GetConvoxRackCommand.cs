using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Tells which rack cmdlets work on: the connected one, else that of <c>CONVOXSSL_RACK</c>, else the local one.</summary>
[Cmdlet(VerbsCommon.Get, "ConvoxRack")]
[OutputType(typeof(ConvoxRack))]
public sealed class GetConvoxRackCommand : ConvoxCmdlet
{
    private protected override void ProcessInput() => WriteObject(FindRack());
}
