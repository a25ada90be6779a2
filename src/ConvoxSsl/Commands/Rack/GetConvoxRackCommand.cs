using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>Gets the current rack: the connected one, then the one in <c>CONVOXSSL_RACK</c>, then the local one.</summary>
/// <remarks>
/// A local rack is a directory on this machine, and a Kubernetes rack is a Convox rack in a cluster. The cmdlet contacts no server, and
/// the directory of a local rack need not exist.
/// </remarks>
/// <example>
/// <para>Gets the current rack.</para>
/// <code>Get-ConvoxRack</code>
/// </example>
/// <example>
/// <para>Gets the location of the current rack: its directory or the address of its cluster.</para>
/// <code>(Get-ConvoxRack).Location</code>
/// </example>
/// <example>
/// <para>Checks the current rack before a script changes it.</para>
/// <code>
/// Connect-ConvoxRack -Name production
/// if ((Get-ConvoxRack).Name -ne 'production') { throw 'This is another rack.' }
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxRack", HelpUri = HelpPages.Racks)]
[OutputType(typeof(ConvoxRack))]
public sealed class GetConvoxRackCommand : ConvoxCmdlet
{
    private protected override void ProcessInput()
    {
        var rack = FindRack();
        WriteObject(rack.Kind == ConvoxRackKind.Local ? rack with { DefaultIssuer = ReadDefaultIssuer(rack) } : rack);
    }

    // A rack that cannot be read is described too.
    private string? ReadDefaultIssuer(ConvoxRack rack)
    {
        try
        {
            return Run(ct => CompositionRoot.OpenLocal(rack).State.ReadAsync(ct)).DefaultIssuer;
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteVerbose(e.Message);
            return null;
        }
    }
}
