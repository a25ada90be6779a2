using System.Runtime.ExceptionServices;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Commands;

/// <summary>The base of the cmdlets that issue certificates. Their settings are stored with the certificate for its renewals.</summary>
public abstract partial class IssuanceCmdlet : ConvoxCmdlet
{
    private readonly RackBatches<(IssuancePlan Plan, Func<IssueResult, CancellationToken, Task> Write)> _batches = new();

    private protected override bool PreparesRack => true;

    private protected sealed override int Concurrency => ThrottleLimit;

    /// <summary>Returns the settings with each given parameter applied.</summary>
    private protected IssuanceSettings Apply(IssuanceSettings settings) => settings with
    {
        Duration = Duration ?? settings.Duration,
        KeyAlgorithm = KeyAlgorithm?.ToEngine() ?? settings.KeyAlgorithm,
        ReuseKey = IsBound(nameof(ReuseKey)) ? ReuseKey : settings.ReuseKey,
        Profile = Profile ?? settings.Profile,
        PreferredChain = PreferredChain ?? settings.PreferredChain,
        ChallengeType = Challenge?.ToWireName() ?? settings.ChallengeType,
        HttpPort = HttpPort ?? settings.HttpPort,
        HttpAddress = HttpAddress ?? settings.HttpAddress,
        TlsPort = TlsPort ?? settings.TlsPort,
        WebRoot = WebRoot is null ? settings.WebRoot : GetUnresolvedProviderPathFromPSPath(WebRoot),
        DnsServers = DnsServer is null ? settings.DnsServers : string.Join(',', DnsServer),
        PropagationTimeout = PropagationTimeout ?? settings.PropagationTimeout,
        SkipPropagationCheck = IsBound(nameof(SkipPropagationCheck)) ? SkipPropagationCheck : settings.SkipPropagationCheck,
    };

    /// <summary>Returns a new request with each given parameter applied.</summary>
    private protected IssueRequest Apply(IssueRequest request) => request with
    {
        Route = Engine.ToRoute(),
        Settings = Apply(request.Settings),
        Force = Force,
        SkipLimitCheck = SkipLimitCheck,
        KeepVersions = KeepVersions,
        Timeout = Timeout,
        Account = NewAccountRequest(),
        IsDryRun = DryRun,
    };

    /// <summary>Creates the renewal request of the parameters.</summary>
    private protected RenewalRequest NewRenewalRequest(string? issuer) => new()
    {
        Issuer = issuer is null ? null : ParseIssuer(issuer),
        Route = Engine.ToRoute(),
        Change = Apply,
        Force = Force,
        SkipLimitCheck = SkipLimitCheck,
        Account = NewAccountRequest(),
        KeepVersions = KeepVersions,
        Timeout = Timeout,
    };

    /// <summary>Parses an issuer for the engine that <c>-Engine</c> selects.</summary>
    private protected Issuer ParseIssuer(string? text) =>
        Engine == CertificateEngine.CertManager && !string.IsNullOrEmpty(text) ? Issuer.ParseControlled(text) : Issuer.Parse(text);

    /// <summary>Creates the account request of the parameters.</summary>
    private protected AccountRequest NewAccountRequest() => new()
    {
        Contact = Contact,
        AcceptTermsOfService = AcceptTermsOfService,
        CaCertificate = ReadRootFile(CaCertificate),
    };

    /// <summary>Runs the user's script for an outcome, if there is one.</summary>
    private protected void RunHook(ConvoxRenewal renewal)
    {
        var hooks = new RenewalHooks(OnRenewed, OnFailed, WriteVerbose, WriteWarning);
        if (hooks.Handles(renewal.Result))
        {
            OnPipelineThread(() => hooks.Run(renewal));
        }
    }

    /// <summary>Defers the issuance of a plan to the batch of its rack.</summary>
    /// <param name="session">The rack.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="start">True to request the certificate from the rack's controller only.</param>
    /// <param name="write">Writes the result, unless it is that of a dry run that succeeded.</param>
    private protected void DeferIssuance(
        RackSession session, IssuancePlan plan, bool start, Func<IssueResult, CancellationToken, Task> write)
    {
        if (start)
        {
            Defer(async ct => await WriteAsync(await session.Engine.StartWithResultAsync(plan, ct), write, ct));
        }
        else
        {
            _batches.Add(session, (plan, write));
        }
    }

    private protected sealed override int BatchSize => _batches.Count;

    private protected sealed override Task RunBatchesAsync(CancellationToken ct) => _batches.RunAsync(IssueAllAsync, ct);

    private async Task IssueAllAsync(
        RackSession session,
        IReadOnlyList<(IssuancePlan Plan, Func<IssueResult, CancellationToken, Task> Write)> batch,
        CancellationToken ct)
    {
        var writers = batch.ToDictionary(item => item.Plan.Job, item => item.Write);
        await foreach (var result in session.Engine.IssueAllAsync([.. batch.Select(item => item.Plan)], ct))
        {
            Writer?.End(result.Plan.Job);
            await WriteAsync(result, writers[result.Plan.Job], ct);
        }
    }

    private async Task WriteAsync(IssueResult result, Func<IssueResult, CancellationToken, Task> write, CancellationToken ct)
    {
        using var chain = result.Trial;
        if (chain is not null)
        {
            WriteObject(chain.ToModel(result.Plan));
            return;
        }

        if (result.Error is { } error && !ErrorRecords.CanDescribe(error))
        {
            ExceptionDispatchInfo.Throw(error);
        }

        await write(result, ct);
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
