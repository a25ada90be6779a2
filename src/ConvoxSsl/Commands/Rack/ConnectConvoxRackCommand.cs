using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Makes a rack the one that this session's cmdlets work on.</summary>
[Cmdlet(VerbsCommunications.Connect, "ConvoxRack")]
[OutputType(typeof(ConvoxRack))]
public sealed class ConnectConvoxRackCommand : AsyncCmdlet
{
    /// <summary>
    /// The directory of a local rack; it is made when something is stored. By default that of <c>CONVOXSSL_HOME</c>, else
    /// <c>convoxssl</c> in the user's application data.
    /// </summary>
    [Parameter(Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var rack = Composition.Local(Path is null ? null : GetUnresolvedProviderPathFromPSPath(Path), null);
            Run(ct => Composition.Open(rack).RequireReadableAsync(ct));
            RackConnections.Connect(rack);
            WriteObject(rack);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // Whatever follows would work on another rack than was meant.
            ThrowTerminatingError(ErrorRecords.Of(e, Path));
        }
    }
}
