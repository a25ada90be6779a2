using ConvoxSsl.Engine.Issuance.Requests;

namespace ConvoxSsl.Cmdlets;

/// <content>The CA's terms of service.</content>
public abstract partial class ConvoxCmdlet
{
    /// <summary>
    /// Ends the command if it would create an account without accepted terms, and the session cannot prompt for them, and a preview also
    /// if the CA would not create the account.
    /// </summary>
    private protected void RequireTerms(RackSession session, Uri directoryUrl, AccountRequest request)
    {
        if (!IsInteractive)
        {
            Run(ct => session.Engine.Accounts.RequireTermsAsync(directoryUrl, request, ct));
        }

        if (IsWhatIf)
        {
            Run(ct => session.Engine.Accounts.RequireCreatableAsync(directoryUrl, request, ct));
        }
    }

    /// <summary>Prompts for the CA's terms of service if the command would create an account and the session is interactive.</summary>
    /// <returns>The request, with the terms accepted if the user accepted them.</returns>
    private protected AccountRequest PromptForTerms(RackSession session, Uri directoryUrl, AccountRequest request)
    {
        var terms = IsInteractive ? Run(ct => session.Engine.Accounts.FindPendingTermsAsync(directoryUrl, request, ct)) : null;
        return terms is not null && TermsPrompt.Ask(Host, terms) ? request with { AcceptTermsOfService = true } : request;
    }
}
