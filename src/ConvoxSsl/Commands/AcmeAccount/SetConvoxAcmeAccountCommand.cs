using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Changes the contacts or the key of an ACME account.</summary>
/// <remarks>
/// Changes the account at the CA and on the rack. Certificates and their keys are not affected. Replace the key once a year, or at once
/// if somebody else may have a copy of it. A CA may send warnings about the account to its contacts.
/// </remarks>
/// <example>
/// <para>Sets the contact of an account.</para>
/// <code>Set-ConvoxAcmeAccount letsencrypt -Contact ops@example.org</code>
/// </example>
/// <example>
/// <para>Replaces the account key with a new key of another type.</para>
/// <code>Set-ConvoxAcmeAccount letsencrypt -NewKey -KeyAlgorithm EcdsaP384 -PassThru</code>
/// </example>
/// <example>
/// <para>Replaces the keys of all accounts, such as once a year.</para>
/// <code>Get-ConvoxAcmeAccount | Set-ConvoxAcmeAccount -NewKey</code>
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxAcmeAccount", SupportsShouldProcess = true, HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxAcmeAccount))]
public sealed class SetConvoxAcmeAccountCommand : ExistingAccountCmdlet
{
    /// <summary>The new contacts: email addresses or contact URLs. An empty array removes all contacts.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContactCompleter))]
    [AllowEmptyCollection]
    public string[]? Contact { get; set; }

    /// <summary>Replaces the account key. If this is interrupted, the next use of the account determines the current key.</summary>
    [Parameter]
    public SwitchParameter NewKey { get; set; }

    /// <summary>The type of the new key. Default: EcdsaP256.</summary>
    [Parameter]
    [KnownValues(typeof(KeyAlgorithm))]
    public KeyAlgorithm KeyAlgorithm { get; set; }

    /// <summary>Returns the changed account.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void ValidateParameters()
    {
        if (Contact is null && !NewKey)
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "No change was given.", Issuer)
            {
                Remedy = new Remedy("NothingToChange.Account"),
            };
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
            WriteObject(changed.ToModel(session.Name));
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
            await accounts.ChangeKeyAsync(directoryUrl, KeyAlgorithm.ToEngine(), ct);
        }

        return await accounts.GetAsync(directoryUrl, ct);
    }
}
