using System.Management.Automation;
using ConvoxSsl.Cmdlets;

namespace ConvoxSsl.Commands;

/// <summary>Deactivates an ACME account at its CA permanently and removes it with its key from the rack.</summary>
/// <remarks>
/// A CA never reactivates a deactivated account: later orders need a new one. Issued certificates stay valid until they expire. Use
/// <c>-KeepAtCa</c> if another rack or program uses the same account.
/// </remarks>
/// <example>
/// <para>Deactivates the account at Let's Encrypt after a confirmation.</para>
/// <code>Remove-ConvoxAcmeAccount letsencrypt</code>
/// </example>
/// <example>
/// <para>Removes the account from the rack only.</para>
/// <code>Remove-ConvoxAcmeAccount letsencrypt -KeepAtCa</code>
/// </example>
/// <example>
/// <para>Deactivates all accounts of a former employee without a confirmation.</para>
/// <code>Get-ConvoxAcmeAccount | Where-Object Contact -Contains 'mailto:left@example.org' | Remove-ConvoxAcmeAccount -Confirm:$false</code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "ConvoxAcmeAccount",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    HelpUri = HelpPages.Certificates)]
public sealed class RemoveConvoxAcmeAccountCommand : ExistingAccountCmdlet
{
    /// <summary>Removes the account from the rack only. It stays valid at the CA.</summary>
    [Parameter]
    public SwitchParameter KeepAtCa { get; set; }

    private protected override void ProcessAccount(RackSession session, Uri directoryUrl)
    {
        var action = KeepAtCa ? "Remove the ACME account with its key from the rack" : "Deactivate the ACME account and remove its key";
        if (ConfirmAction(directoryUrl.AbsoluteUri, action))
        {
            Run(ct => session.Engine.Accounts.RemoveAsync(directoryUrl, KeepAtCa, ct));
        }
    }
}
