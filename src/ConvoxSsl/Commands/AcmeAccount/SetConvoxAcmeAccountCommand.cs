using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Commands;

/// <summary>Changes an ACME account: its contacts, or its key.</summary>
/// <example>
/// <code>
/// Set-ConvoxAcmeAccount letsencrypt -Contact ops@example.org
/// </code>
/// Changes the contact.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxAcmeAccount letsencrypt -NewKey -KeyAlgorithm EcdsaP384 -PassThru
/// </code>
/// Gives the account a new key of another type.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxAcmeAccount | Set-ConvoxAcmeAccount -NewKey
/// </code>
/// Gives all accounts new keys, as a yearly job might.
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxAcmeAccount", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed class SetConvoxAcmeAccountCommand : ExistingAccountCmdlet
{
    /// <summary>The contacts that take the place of those before: e-mail addresses, or contact URLs. None removes them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContactCompleter))]
    [AllowEmptyCollection]
    public string[]? Contact { get; set; }

    /// <summary>Gives the account a new key. If it breaks off, the next use of the account finds out which key is in force.</summary>
    [Parameter]
    public SwitchParameter NewKey { get; set; }

    /// <summary>The type of the new key. Default: EcdsaP256.</summary>
    [Parameter]
    public KeyAlgorithm KeyAlgorithm { get; set; }

    /// <summary>Returns the account.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void CheckParameters()
    {
        if (Contact is null && !NewKey)
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "Nothing was named that should change. Give -Contact or -NewKey.", Issuer);
        }

        Engine.Issuance.Acme.AcmeAccounts.ContactUrls(Contact ?? []);
    }

    private protected override void ProcessAccount(RackSession session, Uri directoryUrl)
    {
        if (!ConfirmAction(directoryUrl.AbsoluteUri, "Change the ACME account"))
        {
            return;
        }

        var changed = Run(ct => ChangeAsync(session, directoryUrl, ct));
        if (PassThru)
        {
            WriteObject(ConvoxAcmeAccount.Of(changed, session.Description.Name));
        }
    }

    private async Task<AccountRecord> ChangeAsync(RackSession session, Uri directoryUrl, CancellationToken ct)
    {
        var accounts = session.Engine.Accounts;
        if (Contact is not null)
        {
            await accounts.UpdateAsync(directoryUrl, Contact, ct);
        }

        if (NewKey)
        {
            await accounts.ChangeKeyAsync(directoryUrl, Enum.Parse<Engine.Certificates.KeyAlgorithm>(KeyAlgorithm.ToString()), ct);
        }

        return await accounts.GetAsync(directoryUrl, ct);
    }
}
