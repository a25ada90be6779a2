using System.Collections.ObjectModel;
using System.Management.Automation.Host;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Acme;

namespace ConvoxSsl.Cmdlets;

/// <summary>Asks the user to accept the terms of service of a CA.</summary>
internal static class TermsPrompt
{
    /// <summary>Prompts, and returns true if the user accepts. The default is No, which ShouldContinue does not offer.</summary>
    /// <param name="host">The interactive host.</param>
    /// <param name="terms">The terms.</param>
    public static bool Ask(PSHost host, PendingTerms terms)
    {
        var choices = new Collection<ChoiceDescription>
        {
            new("&Yes", "Accepts the terms of service and creates the account."),
            new("&No", "Ends the command without an account."),
        };
        return host.UI.PromptForChoice(
            "A new ACME account is required",
            DisplayText.Sanitize($"Do you accept the terms of service of {terms}?"),
            choices,
            defaultChoice: 1) == 0;
    }
}
