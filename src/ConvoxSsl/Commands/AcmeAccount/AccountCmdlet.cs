using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance.Acme;

namespace ConvoxSsl.Commands;

/// <summary>A cmdlet that makes an account at a CA where there is none yet.</summary>
public abstract class AccountCmdlet : ConvoxCmdlet
{
    /// <summary>Where the CA can reach the owner of the account: e-mail addresses, or contact URLs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContactCompleter))]
    public string[] Contact { get; set; } = [];

    /// <summary>
    /// Accepts the CA's terms of service. Needed once for each account; an interactive session asks where it is missing.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptTermsOfService { get; set; }

    /// <summary>The PEM file with the root of a private CA, by which its endpoint is trusted. It is remembered with the account.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>What the parameters say about the account.</summary>
    private protected AccountRequest NewAccountRequest() => new()
    {
        Contact = Contact,
        AcceptTermsOfService = AcceptTermsOfService,
        CaCertificate = CaCertificate is null ? null : ReadText(CaCertificate),
    };

    /// <summary>Asks for the CA's terms where an account has to be made and somebody is there to answer.</summary>
    private protected AccountRequest AskForTerms(RackSession session, Uri directoryUrl, AccountRequest request)
    {
        if (request.AcceptTermsOfService || !IsInteractive || !Run(ct => session.Engine.Accounts.IsMissingAsync(directoryUrl, ct)))
        {
            return request;
        }

        var terms = Run(ct => session.Engine.Accounts.ReadTermsAsync(directoryUrl, request.CaCertificate, ct));
        return ShouldContinue($"Do you accept the terms of service of {directoryUrl.Host}{(terms is null ? string.Empty : $", which are at {terms}")}?", "A new ACME account is needed")
            ? request with { AcceptTermsOfService = true }
            : request;
    }
}
