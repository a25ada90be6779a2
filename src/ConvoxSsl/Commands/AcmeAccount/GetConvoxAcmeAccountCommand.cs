using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>Lists the ACME accounts of a rack.</summary>
/// <example>
/// <code>
/// Get-ConvoxAcmeAccount
/// </code>
/// Lists all accounts.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxAcmeAccount letsencrypt
/// </code>
/// Shows the one at Let's Encrypt.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxAcmeAccount | Where-Object Contact -NotContains 'mailto:ops@example.org' | Set-ConvoxAcmeAccount -Contact ops@example.org
/// </code>
/// Gives every account the contact that it should have.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxAcmeAccount")]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed class GetConvoxAcmeAccountCommand : ConvoxCmdlet
{
    /// <summary>The CA: a well-known one's name, or its directory. By default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Issuer { get; set; }

    private protected override object? Target => Issuer;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Issuer is null)
        {
            Run(ct => ListAsync(session, ct));
            return;
        }

        var directoryUrl = Engine.Issuance.Issuer.DirectoryOf(Issuer);
        WriteObject(ConvoxAcmeAccount.Of(Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct)), session.Description.Name));
    }

    private async Task ListAsync(RackSession session, CancellationToken ct)
    {
        await foreach (var account in session.Rack.Accounts.ListAsync(damage => WriteWarning(damage.Message), ct))
        {
            WriteObject(ConvoxAcmeAccount.Of(account, session.Description.Name));
        }
    }
}
