using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that does something to an ACME account that the rack has.</summary>
public abstract class ExistingAccountCmdlet : ConvoxCmdlet
{
    /// <summary>The CA: a well-known one's name, or its directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Issuer { get; set; } = string.Empty;

    private protected override object Target => Issuer;

    /// <summary>Checks the parameters before anything is read.</summary>
    private protected virtual void CheckParameters()
    {
    }

    /// <summary>Does it, on the pipeline thread.</summary>
    private protected abstract void ProcessAccount(RackSession session, Uri directoryUrl);

    private protected sealed override void ProcessInput()
    {
        var session = OpenRack();
        var directoryUrl = Engine.Issuance.Issuer.DirectoryOf(Issuer);
        CheckParameters();
        Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct));
        ProcessAccount(session, directoryUrl);
    }
}
