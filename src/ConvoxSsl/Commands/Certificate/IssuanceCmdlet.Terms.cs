using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance.Plans;

namespace ConvoxSsl.Commands;

/// <content>The checks before an order.</content>
public abstract partial class IssuanceCmdlet
{
    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (NoWait && DryRun)
        {
            WriteWarning("-NoWait has no effect with -DryRun, which waits for the result.");
        }
    }

    /// <summary>
    /// Ends the command if the plan needs accepted terms, and the session cannot prompt for them, and a preview also if the order would
    /// have to wait.
    /// </summary>
    private protected void RequireTerms(RackSession session, IssuancePlan plan)
    {
        if (plan.AccountDirectory is { } directoryUrl)
        {
            RequireTerms(session, directoryUrl, plan.Request.Account);
        }

        if (IsWhatIf)
        {
            Run(ct => session.Engine.Planner.RequirePossibleAsync(plan, ct));
        }
    }

    /// <summary>Prompts for the CA's terms of service if the plan needs them. Ends the command if the session cannot prompt.</summary>
    private protected IssuancePlan AcceptTerms(RackSession session, IssuancePlan plan)
    {
        RequireTerms(session, plan);
        return PromptForTerms(session, plan);
    }

    /// <summary>Replaces the account request of a plan if the user has to accept the CA's terms first.</summary>
    private protected IssuancePlan PromptForTerms(RackSession session, IssuancePlan plan) => plan.AccountDirectory is { } directoryUrl
        ? plan with { Request = plan.Request with { Account = PromptForTerms(session, directoryUrl, plan.Request.Account) } }
        : plan;
}
