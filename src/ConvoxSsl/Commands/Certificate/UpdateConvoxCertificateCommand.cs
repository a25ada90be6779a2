using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Formatting;
using ConvoxSsl.Mapping;

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
/// <code>Update-ConvoxCertificate cert-1f0c8e52a9b7 -DryRun</code>
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
public sealed class UpdateConvoxCertificateCommand : IssuanceCmdlet
{
    private readonly List<(RackSession Session, CertificateState State, bool IsNamed)> _selected = [];
    private readonly HashSet<RackSession> _sessions = [];

    /// <summary>The IDs of the certificates. By default all certificates of the rack.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>The CA for this and later renewals. By default the current one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Issuer { get; set; }

    /// <summary>Renews even if a certificate is not due or the last attempt failed recently.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => Id;

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var value)
        ? value is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    private protected override void ProcessInput()
    {
        if (Issuer is not null)
        {
            RequireCa(Issuer);
        }

        var session = OpenRack();
        _sessions.Add(session);
        if (Id is null)
        {
            Run(ct => CollectAllAsync(session, ct));
            return;
        }

        foreach (var id in Id)
        {
            try
            {
                _selected.Add((session, Run(ct => session.Engine.Certificates.FindAsync(id, ct)), true));
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, id));
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // Query all CAs at once. Skip this for -WhatIf, because the responses are stored.
        if (!IsWhatIf && !Force && !DryRun)
        {
            Run(RefreshAsync);
        }

        foreach (var (session, state, isNamed) in _selected)
        {
            try
            {
                Process(session, state, isNamed);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, state.Record.Id));
            }
        }

        base.EndProcessing();
        if (!IsWhatIf && !DryRun)
        {
            Run(PublishAllAsync);
        }
    }

    /// <summary>Publishes certificates that cert-manager has renewed since the last run to the apps.</summary>
    private async Task PublishAllAsync(CancellationToken ct)
    {
        foreach (var publisher in _sessions.Select(s => s.Rack.Publisher).OfType<ICertificatePublisher>())
        {
            try
            {
                await foreach (var copy in publisher.PublishAllAsync(dryRun: false, ct))
                {
                    if (copy.Result == CertificateCopyResult.Failed)
                    {
                        var reason = Remedies.Append(copy.Reason, copy.Remedy);
                        WriteWarning($"Cannot update the copy of {copy.Id} in the app {copy.App}: {reason} "
                            + "To retry, run Publish-ConvoxCertificate.");
                    }
                    else
                    {
                        WriteVerbose($"The app {copy.App} has the current {copy.Id} ({copy.Result}).");
                    }
                }
            }
            catch (EngineException e)
            {
                WriteWarning($"Cannot publish all certificates to the apps that use them: {Remedies.Append(e.Message, e.Remedy)}");
            }
        }
    }

    private async Task CollectAllAsync(RackSession session, CancellationToken ct)
    {
        await foreach (var state in session.Engine.Certificates.ListAsync(damage => WriteError(ErrorRecords.Create(damage)), ct))
        {
            _selected.Add((session, state, false));
        }

        await session.Engine.CleanUpLeftoversAsync(ct);
    }

    private Task RefreshAsync(CancellationToken ct) => Parallel.ForAsync(
        0,
        _selected.Count,
        new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit, CancellationToken = ct },
        async (i, stop) => _selected[i] = _selected[i] with { State = await RefreshAsync(_selected[i].Session, _selected[i].State, stop) });

    private async Task<CertificateState> RefreshAsync(RackSession session, CertificateState state, CancellationToken ct)
    {
        try
        {
            return state.Entry is { } entry ? state with { Entry = await session.Engine.Renewals.RefreshAsync(entry, ct) } : state;
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // The stored renewal information decides. If the rack fails, the renewal reports it.
            WriteVerbose(ErrorRecords.DescribeFailure(e));
            return state;
        }
    }

    private void Process(RackSession session, CertificateState state, bool isNamed)
    {
        var decision = session.Engine.Renewals.Decide(state, isNamed, Force || DryRun);
        if (decision != RenewalDecision.Renew)
        {
            var (result, reason) = decision.Describe(state, Now);
            Defer(ct => WriteResultAsync(session, state, session.DescribeRenewal(state, result, reason), ct));
            return;
        }

        var plan = Plan(session, state, out var failure);
        var target = $"{state.Record.Id} ({string.Join(", ", state.Record.Domains)})";
        if (!ConfirmAction(target, DryRun ? "Test the renewal of the certificate" : "Renew the certificate"))
        {
            return;
        }

        if (plan is null)
        {
            Defer(ct => WriteFailureAsync(session, state, failure!, ct));
        }
        else if (NoWait && plan.Method == IssuanceMethod.Delegated)
        {
            Defer(ct => StartAsync(session, state, plan, ct));
        }
        else
        {
            DeferIssuance(session, plan, (result, ct) => WriteResultAsync(session, state, result, ct));
        }
    }

    /// <summary>Plans a renewal; null after a failure, which is a result like that of the renewal itself.</summary>
    private IssuancePlan? Plan(RackSession session, CertificateState state, out Exception? failure)
    {
        failure = null;
        var request = new RenewalRequest
        {
            Issuer = Issuer is null ? null : ParseIssuer(Issuer),
            Route = Engine.ToRoute(),
            Change = Apply,
            Force = Force,
            SkipLimitCheck = SkipLimitCheck,
            Account = NewAccountRequest(),
            KeepVersions = KeepVersions,
            Timeout = Timeout,
        };
        try
        {
            return PromptForTerms(
                session, Run(ct => session.Engine.Planner.PlanAsync(request.ToIssueRequest(state.Record) with { IsDryRun = DryRun }, ct)));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            failure = e;
            return null;
        }
    }

    private async Task StartAsync(RackSession session, CertificateState state, IssuancePlan plan, CancellationToken ct)
    {
        try
        {
            await WriteStartedAsync(session, state, await session.Engine.StartAsync(plan, ct), ct);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            await WriteFailureAsync(session, state, e, ct);
        }
    }

    private async Task WriteResultAsync(RackSession session, CertificateState state, IssueResult result, CancellationToken ct)
    {
        if (result.Trial is { } chain)
        {
            WriteTrial(result, chain);
        }
        else if (result.Entry is { } entry)
        {
            await WriteRenewedAsync(session, state, entry, ct);
        }
        else
        {
            await WriteFailureAsync(session, state, result.Error!, ct);
        }
    }

    private async Task WriteFailureAsync(RackSession session, CertificateState state, Exception error, CancellationToken ct)
    {
        if (!ErrorRecords.CanDescribe(error))
        {
            ExceptionDispatchInfo.Throw(error);
        }

        var id = state.Record.Id;
        if (!DryRun
            && error is EngineException { Kind: EngineErrorKind.Waiting or EngineErrorKind.TimedOut or EngineErrorKind.Limited } delayed)
        {
            var waiting = session.DescribeRenewal(
                await session.Engine.Certificates.FindAsync(id, ct), ConvoxRenewalResult.Waiting, ErrorRecords.DescribeFailure(delayed));
            await WriteResultAsync(session, state, waiting with { WaitsUntil = delayed.RetryAt ?? waiting.WaitsUntil }, ct);
            return;
        }

        if (!DryRun)
        {
            var failed = await FindAfterFailureAsync(session, state, ct);
            await WriteResultAsync(
                session, state, session.DescribeRenewal(failed, ConvoxRenewalResult.Failed, ErrorRecords.DescribeFailure(error)), ct);
        }

        WriteError(ErrorRecords.Create(error, id));
    }

    private Task WriteRenewedAsync(RackSession session, CertificateState before, CertificateEntry renewed, CancellationToken ct)
    {
        var (result, reason) = renewed.LiveVersion != before.Entry?.LiveVersion
            ? (ConvoxRenewalResult.Renewed, $"Version {renewed.LiveVersion} is live.")
            : (ConvoxRenewalResult.NotDue, "It is no longer due.");
        var now = new CertificateState(renewed, null);
        return WriteResultAsync(session, now, session.DescribeRenewal(now, result, reason), ct);
    }

    private Task WriteStartedAsync(RackSession session, CertificateState before, CertificateState now, CancellationToken ct)
    {
        var (result, reason) = now.Controlled is null
            ? (ConvoxRenewalResult.NotDue, "It has already been issued.")
            : RenewalDecision.InProgress.Describe(now, Now);
        return WriteResultAsync(session, before, session.DescribeRenewal(now, result, reason), ct);
    }

    private static async Task<CertificateState> FindAfterFailureAsync(RackSession session, CertificateState before, CancellationToken ct)
    {
        try
        {
            return await session.Engine.Certificates.FindAsync(before.Record.Id, ct);
        }
        catch (EngineException)
        {
            // It was removed meanwhile or is corrupt. The error of the renewal reports that.
            return before;
        }
    }

    private async Task WriteResultAsync(RackSession session, CertificateState state, ConvoxRenewal renewal, CancellationToken ct)
    {
        WriteObject(renewal);
        RunHook(renewal);
        if (state.Entry is not { } entry || IsWhatIf)
        {
            return;
        }

        try
        {
            await session.Engine.Renewals.NotifyExpiryAsync(entry, ct);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteWarning(ErrorRecords.DescribeFailure(e));
        }
    }

    private void RequireCa(string issuer)
    {
        if (ParseIssuer(issuer).IsSelfSigned)
        {
            ConvoxSsl.Engine.Issuance.Requests.Issuer.DirectoryOf(issuer);
        }
    }
}
