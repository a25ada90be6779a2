using System.Management.Automation;
using ConvoxSsl.Binding;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Ends an ACME account at its CA for good, and removes it with its key from the rack.</summary>
[Cmdlet(VerbsCommon.Remove, "ConvoxAcmeAccount", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxAcmeAccountCommand : ConvoxCmdlet
{
    /// <summary>The CA: a well-known one's name, or its directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Issuer { get; set; } = string.Empty;

    /// <summary>Leaves the account at the CA as it is, for use from elsewhere, and removes it from the rack only.</summary>
    [Parameter]
    public SwitchParameter KeepAtCa { get; set; }

    private protected override object Target => Issuer;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var directoryUrl = Engine.Issuance.Issuer.DirectoryOf(Issuer);
        Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct));
        if (Approves(directoryUrl.AbsoluteUri, KeepAtCa ? "Remove the ACME account with its key from the rack" : "Deactivate the ACME account and remove its key"))
        {
            Run(ct => session.Engine.Accounts.RemoveAsync(directoryUrl, KeepAtCa, ct));
        }
    }
}
