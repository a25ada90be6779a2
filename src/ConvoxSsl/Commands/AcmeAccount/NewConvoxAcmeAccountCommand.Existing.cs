using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Commands;

/// <content>An account that exists already.</content>
public sealed partial class NewConvoxAcmeAccountCommand
{
    // The existing account is returned as it is.
    private void WarnOfUnchanged(RackSession session, Uri directoryUrl, AccountRequest request)
    {
        var account = Run(ct => session.Engine.Accounts.GetAsync(directoryUrl, ct));
        if (request.Contact.Count > 0 && !AcmeAccounts.ContactUrls(request.Contact).ToHashSet().SetEquals(account.Contact))
        {
            WriteWarning($"The account at {directoryUrl.Authority} exists already and keeps its contacts. To change them, use "
                + $"Set-ConvoxAcmeAccount {Issuer} -Contact.");
        }

        if (request.Key is { } given)
        {
            using var key = Run(ct => session.Rack.Accounts.ReadKeyAsync(directoryUrl, ct));
            if (!key.IsSameAs(given))
            {
                WriteWarning($"The account at {directoryUrl.Authority} exists already, and the key in '{KeyPath}' is not its key. To use "
                    + $"the other account, remove this one from the rack first with Remove-ConvoxAcmeAccount {Issuer} -KeepAtCa.");
            }
        }
    }
}
