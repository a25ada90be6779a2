using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Does what a CA wants of an account before it takes the next order, if that needs nobody's decision.</summary>
internal sealed class AccountRepair(IssuanceContext context, AcmeAccounts accounts)
{
    /// <summary>True if <see cref="RunAsync"/> can do something about the error.</summary>
    public static bool CanRepair(Exception error, AccountRequest request) =>
        error is AcmeException refused && refused.Problem.ShortType switch
    {
        AcmeProblemType.AccountDoesNotExist => true,
        AcmeProblemType.UserActionRequired => request.AcceptTermsOfService,
        _ => false,
    };

    /// <summary>Creates a forgotten account again, or agrees to changed terms of service.</summary>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async Task RunAsync(Uri directoryUrl, AccountRequest request, AcmeException refused, CancellationToken ct)
    {
        if (refused.Problem.ShortType == AcmeProblemType.AccountDoesNotExist)
        {
            context.ReportWarning(
                $"The CA at {directoryUrl.Authority} no longer knows the account. It is created again with the same key.");
            await accounts.RecreateAsync(directoryUrl, request.ExternalAccount, ct).ConfigureAwait(false);
            return;
        }

        context.ReportDetail($"The CA at {directoryUrl.Authority} has new terms of service, which the request accepts.");
        if (await accounts.IsMissingAsync(directoryUrl, ct).ConfigureAwait(false))
        {
            // The error is about the account to be created, whose request agreed to the terms.
            ExceptionDispatchInfo.Throw(refused);
        }

        var session = await accounts.OpenExistingAsync(directoryUrl, ct).ConfigureAwait(false);
        try
        {
            await session.AgreeToTermsAsync(ct).ConfigureAwait(false);
        }
        catch (AcmeException)
        {
            // RFC 8555 section 7.3.3: the CA may insist on a visit to the URL in "instance" of the first error.
            ExceptionDispatchInfo.Throw(refused);
        }
    }
}
