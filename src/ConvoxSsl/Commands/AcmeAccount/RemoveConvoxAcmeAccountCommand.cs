using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Ends an ACME account at its CA for good, and removes it with its key from the rack.</summary>
/// <example>
/// <code>
/// Remove-ConvoxAcmeAccount letsencrypt
/// </code>
/// Ends the account at Let's Encrypt, after a question.
/// </example>
/// <example>
/// <code>
/// Remove-ConvoxAcmeAccount letsencrypt -KeepAtCa
/// </code>
/// Removes it from the rack only.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxAcmeAccount | Where-Object Contact -Contains 'mailto:left@example.org' | Remove-ConvoxAcmeAccount -Confirm:$false
/// </code>
/// Ends all accounts of somebody who left, without a question.
/// </example>
[Cmdlet(VerbsCommon.Remove, "ConvoxAcmeAccount", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxAcmeAccountCommand : ExistingAccountCmdlet
{
    /// <summary>Leaves the account at the CA as it is, for use from elsewhere, and removes it from the rack only.</summary>
    [Parameter]
    public SwitchParameter KeepAtCa { get; set; }

    private protected override void ProcessAccount(RackSession session, Uri directoryUrl)
    {
        if (ConfirmAction(directoryUrl.AbsoluteUri, KeepAtCa ? "Remove the ACME account with its key from the rack" : "Deactivate the ACME account and remove its key"))
        {
            Run(ct => session.Engine.Accounts.RemoveAsync(directoryUrl, KeepAtCa, ct));
        }
    }
}
