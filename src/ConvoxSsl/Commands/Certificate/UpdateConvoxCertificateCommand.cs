using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Errors;
using ConvoxSsl.Selection;

namespace ConvoxSsl.Commands;

/// <summary>
/// Renews certificates that are due and resumes interrupted issuances. A certificate is due when its CA suggests (RFC 9773), or
/// when a third of its lifetime remains. Returns one result per certificate; a failure does not stop the rest.
/// </summary>
/// <example>
/// <para>Renews all certificates of the rack that are due.</para>
/// <code>Update-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Tests a renewal at the CA's staging endpoint without storing anything.</para>
/// <code>Update-ConvoxCertificate www.example.org -DryRun</code>
/// </example>
/// <example>
/// <para>Renews the certificates that expire within 30 days, even if they are not due.</para>
/// <code>Get-ConvoxCertificate -ExpiringWithin 30d | Update-ConvoxCertificate -Force</code>
/// </example>
/// <example>
/// <para>Renews in a scheduled job that reloads the web server after a renewal and logs failures.</para>
/// <code>
/// Update-ConvoxCertificate -OnRenewed { systemctl reload nginx } -OnFailed { Add-Content ./failed.txt "$($_.Domain): $($_.Reason)" }
/// </code>
/// </example>
[Cmdlet(VerbsData.Update, "ConvoxCertificate", SupportsShouldProcess = true, HelpUri = HelpPages.Renewal)]
[OutputType(typeof(ConvoxRenewal), typeof(ConvoxCheck))]
public sealed partial class UpdateConvoxCertificateCommand : IssuanceCmdlet
{
    private readonly Dictionary<RackSession, RenewalRun> _runs = new(ReferenceEqualityComparer.Instance);

    private protected override void ProcessInput()
    {
        if (Issuer is not null)
        {
            ParseIssuer(Issuer).RequireCa();
        }

        var session = OpenRack();
        if (!_runs.TryGetValue(session, out var run))
        {
            run = new RenewalRun(session.Engine);
            _runs.Add(session, run);
        }

        if (Id is null && Domain is null)
        {
            Run(ct => run.AddAllAsync(damage => WriteError(ErrorRecords.Create(damage)), ct));
        }

        foreach (var query in CreateQueries(Id, Domain))
        {
            ProcessCertificates(
                session, query, SelectionScope.Several, selected => run.Add(selected.RequireReadable(), isNamed: !query.IsPattern));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => ProcessItem(Target, RenewAll);

    private void RenewAll()
    {
        // Query all CAs at once.
        if (!Force && !DryRun)
        {
            Run(ct => Task.WhenAll(_runs.Values.Select(run => run.RefreshAsync(ThrottleLimit, IsWhatIf, ct))));
        }

        var decisions = from run in _runs from item in run.Value.Decide(Force || DryRun) select (run.Key, item.State, item.Decision);
        foreach (var (session, state, decision) in decisions)
        {
            ProcessItem(state.Record.Id, () => Process(session, state, decision));
        }

        WarnOfWait();
        base.EndProcessing();
        if (!DryRun)
        {
            Publish();
        }
    }

    private void Process(RackSession session, CertificateState state, RenewalDecision decision)
    {
        if (decision != RenewalDecision.Renew)
        {
            Defer(ct => WriteOutcomeAsync(session, RenewalOutcome.FromDecision(state, decision), ct));
            return;
        }

        IssuancePlan plan;
        try
        {
            var request = NewRenewalRequest(Issuer).ToIssueRequest(state.Record) with { IsDryRun = DryRun };
            plan = AcceptTerms(session, Run(ct => session.Engine.Planner.PlanAsync(request, ct)));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // A failure to plan is a result like that of the renewal itself, even with -WhatIf.
            Defer(ct => WriteFailureAsync(session, state, e, isPlanned: false, ct));
            return;
        }

        NoteWait(plan);
        if (ConfirmAction(state.Record.GetTitle(), DryRun ? "Test the renewal of the certificate" : "Renew the certificate"))
        {
            var start = NoWait && plan.Method == IssuanceMethod.Delegated;
            DeferIssuance(session, plan, start, (result, ct) => WriteResultAsync(session, state, result, ct));
        }
    }

    private Task WriteResultAsync(RackSession session, CertificateState before, IssueResult result, CancellationToken ct) =>
        result.Error is { } error ? WriteFailureAsync(session, before, error, isPlanned: true, ct)
        : WriteOutcomeAsync(session, RenewalOutcome.FromResult(before, result.Entry, result.Started), ct);

    private async Task WriteFailureAsync(RackSession session, CertificateState state, Exception error, bool isPlanned, CancellationToken ct)
    {
        if (DryRun)
        {
            WriteError(ErrorRecords.Create(error, state.Record.Id, GetType()));
            return;
        }

        await WriteOutcomeAsync(session, await session.Engine.Renewals.FindOutcomeAsync(state, error, isPlanned, ct), ct);
    }

    private async Task WriteOutcomeAsync(RackSession session, RenewalOutcome outcome, CancellationToken ct)
    {
        var renewal = AddUnapplied(session.Describe(outcome), outcome);
        WriteObject(renewal);
        if (!IsWhatIf)
        {
            RunHook(renewal);
            await session.Engine.Renewals.NotifyAsync(outcome, ct);
        }

        if (outcome is { Result: RenewalResult.Failed, Error: { } error })
        {
            WriteError(ErrorRecords.Create(error, outcome.State.Record.Id, GetType()));
        }
    }
}
