using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Formatting;

namespace ConvoxSsl.Commands;

/// <summary>
/// Renews certificates that are due, and goes on with issuances that were broken off. Due is what the CA asks for
/// (RFC 9773), else a third of the lifetime. One result for each certificate; a failure does not stop the rest.
/// </summary>
/// <example>
/// <code>
/// Update-ConvoxCertificate
/// </code>
/// Renews whatever is due on the rack.
/// </example>
/// <example>
/// <code>
/// Update-ConvoxCertificate cert-1f0c8e52a9b7 -DryRun
/// </code>
/// Tries a renewal at the CA's staging endpoint, and keeps nothing.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -ExpiringWithin 30d | Update-ConvoxCertificate -Force
/// </code>
/// Renews what expires within 30 days, due or not.
/// </example>
/// <example>
/// <code>
/// Update-ConvoxCertificate -OnRenewed { systemctl reload nginx } -OnFailed { Add-Content ./failed.txt "$($_.Domain): $($_.Reason)" }
/// </code>
/// Renews in a scheduled job, which has the web server read what is new and notes what failed.
/// </example>
[Cmdlet(VerbsData.Update, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxRenewal), typeof(ConvoxCheck))]
public sealed class UpdateConvoxCertificateCommand : IssuanceCmdlet
{
    private readonly List<(RackSession Session, CertificateState State, bool IsNamed)> _wanted = [];
    private readonly HashSet<RackSession> _sessions = [];

    /// <summary>The ids. By default all certificates of the rack.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>The CA that issues from now on. By default the one that issued before.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Issuer { get; set; }

    /// <summary>Renews also what is not due, or failed a moment ago.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override object? Target => Id;

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? given is SwitchParameter { IsPresent: true }
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
                _wanted.Add((session, Run(ct => session.Engine.Certificates.FindAsync(id, ct)), true));
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Of(e, id));
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // All CAs are asked at once. Not for -WhatIf, because the answers are stored.
        if (!IsWhatIf && !Force && !DryRun)
        {
            Run(RefreshAsync);
        }

        foreach (var (session, state, isNamed) in _wanted)
        {
            try
            {
                Decide(session, state, isNamed);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Of(e, state.Record.Id));
            }
        }

        base.EndProcessing();
        if (!IsWhatIf && !DryRun)
        {
            Run(PublishAllAsync);
        }
    }

    /// <summary>Carries to the apps also what cert-manager has renewed by itself since the last run.</summary>
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
                        WriteWarning($"The copy of {copy.Id} in the app {copy.App} still is the old one: {copy.Reason} Publish-ConvoxCertificate tries again.");
                    }
                    else
                    {
                        WriteVerbose($"The app {copy.App} has {copy.Id} ({copy.Result}).");
                    }
                }
            }
            catch (EngineException e)
            {
                WriteWarning($"Not all certificates could be carried to the apps that use them: {e.Message}");
            }
        }
    }

    private async Task CollectAllAsync(RackSession session, CancellationToken ct)
    {
        await foreach (var state in session.Engine.Certificates.ListAsync(damage => WriteError(ErrorRecords.Of(damage)), ct))
        {
            _wanted.Add((session, state, false));
        }

        await session.Engine.CleanUpLeftoversAsync(ct);
    }

    private Task RefreshAsync(CancellationToken ct) => Parallel.ForAsync(
        0,
        _wanted.Count,
        new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit, CancellationToken = ct },
        async (i, stop) => _wanted[i] = _wanted[i] with { State = await RefreshAsync(_wanted[i].Session, _wanted[i].State, stop) });

    private async Task<CertificateState> RefreshAsync(RackSession session, CertificateState state, CancellationToken ct)
    {
        try
        {
            return state.Entry is { } entry ? state with { Entry = await session.Engine.Renewals.RefreshAsync(entry, ct) } : state;
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // What is known already decides; if the rack is the matter, the renewal says so.
            WriteVerbose(e.Message);
            return state;
        }
    }

    private void Decide(RackSession session, CertificateState state, bool isNamed)
    {
        if (WhyNot(session, state, isNamed) is var (result, reason))
        {
            Later(ct => ShowAsync(session, state, session.DescribeRenewal(state, result, reason), ct));
            return;
        }

        var request = NewRequest(session, state.Record);
        if (Approves($"{state.Record.Id} ({string.Join(", ", state.Record.Domains)})", DryRun ? "Try to renew the certificate" : "Renew the certificate"))
        {
            Later(ct => DryRun ? TryAsync(session, state, request, ct) : RenewAsync(session, state, request, ct));
        }
    }

    /// <summary>Why a certificate is left as it is; null where it should be renewed.</summary>
    private (ConvoxRenewalResult Result, string Reason)? WhyNot(RackSession session, CertificateState state, bool isNamed)
    {
        var engine = session.Engine;
        if (state.Record.Settings is null && !isNamed)
        {
            return (ConvoxRenewalResult.NotDue, "It was imported, so its issuer renews it.");
        }

        if (Force || DryRun)
        {
            return null;
        }

        if (state.Controlled is { Phase: ControlledPhase.Issuing } issuing && !isNamed)
        {
            return (ConvoxRenewalResult.Waiting, $"{issuing.Certificate.Settings?.Controller} is issuing it: {StatusReason.Of(issuing, CompositionRoot.Now)}");
        }

        if (state is { Entry: { } entry, Order: null or { IsEnded: true } } && !engine.Renewals.IsDue(entry))
        {
            return (ConvoxRenewalResult.NotDue, $"Due {entry.Live.RenewAfter:u}.{(entry.Live.Advice?.ExplanationUrl is { } url ? $" The CA explains: {url}" : string.Empty)}");
        }

        return engine.Renewals.HoldingBack(state) is { } failure
            ? (ConvoxRenewalResult.Waiting, $"It failed at {failure.At:u}: {failure.Cause} {StatusReason.NextTry(failure, CompositionRoot.Now)}")
            : null;
    }

    private async Task RenewAsync(RackSession session, CertificateState state, RenewalRequest request, CancellationToken ct)
    {
        var id = state.Record.Id;
        try
        {
            if (NoWait && await session.Engine.IsDelegatedAsync(request.For(state.Record), ct))
            {
                await ShowStartedAsync(session, state, await session.Engine.StartRenewalAsync(id, request, ct), ct);
                return;
            }

            await session.Engine.RenewAsync(id, request, renewed => ShowRenewedAsync(session, state, renewed, ct), ct);
        }
        catch (EngineException e) when (e.Kind is EngineErrorKind.Waiting or EngineErrorKind.TimedOut or EngineErrorKind.Limited)
        {
            var waiting = session.DescribeRenewal(await session.Engine.Certificates.FindAsync(id, ct), ConvoxRenewalResult.Waiting, e.Message);
            await ShowAsync(session, state, waiting with { WaitsUntil = e.RetryAt ?? waiting.WaitsUntil }, ct);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            await ShowAsync(session, state, session.DescribeRenewal(await FindAfterFailureAsync(session, state, ct), ConvoxRenewalResult.Failed, e.Message), ct);
            WriteError(ErrorRecords.Of(e, id));
        }
    }

    private Task ShowRenewedAsync(RackSession session, CertificateState before, CertificateEntry renewed, CancellationToken ct)
    {
        var (result, reason) = renewed.LiveVersion != before.Entry?.LiveVersion
            ? (ConvoxRenewalResult.Renewed, $"Version {renewed.LiveVersion} is live.")
            : (ConvoxRenewalResult.NotDue, "It is not due any more.");
        var now = new CertificateState(renewed, null);
        return ShowAsync(session, now, session.DescribeRenewal(now, result, reason), ct);
    }

    private Task ShowStartedAsync(RackSession session, CertificateState before, CertificateState now, CancellationToken ct)
    {
        var (result, reason) = now.Controlled is { } controlled
            ? (ConvoxRenewalResult.Waiting, $"{controlled.Certificate.Settings?.Controller} is issuing it: {StatusReason.Of(controlled, CompositionRoot.Now)}")
            : (ConvoxRenewalResult.NotDue, "It is there already.");
        return ShowAsync(session, before, session.DescribeRenewal(now, result, reason), ct);
    }

    private static async Task<CertificateState> FindAfterFailureAsync(RackSession session, CertificateState before, CancellationToken ct)
    {
        try
        {
            return await session.Engine.Certificates.FindAsync(before.Record.Id, ct);
        }
        catch (EngineException)
        {
            // It was removed meanwhile, or is damaged: then that is the failure that is shown.
            return before;
        }
    }

    private async Task TryAsync(RackSession session, CertificateState state, RenewalRequest request, CancellationToken ct)
    {
        try
        {
            var trial = request.For(state.Record);
            using var chain = await session.Engine.TryAsync(trial, ct);
            WriteObject(Passed(trial, chain));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, state.Record.Id));
        }
    }

    private async Task ShowAsync(RackSession session, CertificateState state, ConvoxRenewal renewal, CancellationToken ct)
    {
        WriteObject(renewal);
        Tell(renewal);
        if (state.Entry is not { } entry || IsWhatIf)
        {
            return;
        }

        try
        {
            await session.Engine.Renewals.NoteExpiryAsync(entry, ct);
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteWarning(e.Message);
        }
    }

    private RenewalRequest NewRequest(RackSession session, CertificateRecord record)
    {
        var account = NewAccountRequest();
        var request = new RenewalRequest
        {
            Issuer = Issuer is null ? null : ParseIssuer(Issuer),
            Route = Engine.ToRoute(),
            Change = Apply,
            Force = Force,
            SkipLimitCheck = SkipLimitCheck,
            Account = account,
            KeepVersions = KeepVersions,
            Timeout = Timeout,
        };
        return FindDirectory(session, record, request) is { } directoryUrl ? request with { Account = AskForTerms(session, directoryUrl, account) } : request;
    }

    /// <summary>Where an account is needed; null where none is.</summary>
    private Uri? FindDirectory(RackSession session, CertificateRecord record, RenewalRequest renewal)
    {
        try
        {
            var request = renewal.For(record);
            return DryRun ? request.Issuer.Trial?.DirectoryUrl
                : Run(ct => session.Engine.IsDelegatedAsync(request, ct)) ? null
                : request.Issuer.DirectoryUrl;
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            // The renewal itself says so.
            return null;
        }
    }

    private void RequireCa(string issuer)
    {
        if (ParseIssuer(issuer).IsSelfSigned)
        {
            ConvoxSsl.Engine.Issuance.Issuer.DirectoryOf(issuer);
        }
    }
}
