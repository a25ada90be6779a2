using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>The base of cmdlets that change an existing ACME account.</summary>
public abstract class ExistingAccountCmdlet : ConvoxCmdlet
{
    /// <summary>The CA: the name of a well-known one, or the URL of its directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [AllowNull]
    [AllowEmptyString]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string Issuer { get; set; } = string.Empty;

    private protected override object Target => Issuer;

    /// <summary>Validates the parameters before anything is read.</summary>
    private protected virtual void ValidateParameters()
    {
    }

    /// <summary>Processes the account on the pipeline thread.</summary>
    private protected abstract void ProcessAccount(RackSession session, Uri directoryUrl);

    private protected sealed override void ProcessInput()
    {
        var session = OpenRack();
        var directoryUrl = Engine.Issuance.Requests.Issuer.DirectoryOf(Issuer);
        ValidateParameters();
        Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct));
        ProcessAccount(session, directoryUrl);
    }
}
