using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Commands;

/// <summary>The base of the cmdlets that issue certificates. Their settings are stored with the certificate for its renewals.</summary>
public abstract partial class IssuanceCmdlet : ConvoxCmdlet
{
    private readonly Dictionary<RackSession, List<(IssuancePlan Plan, Func<IssueResult, CancellationToken, Task> Write)>> _batches =
        new(ReferenceEqualityComparer.Instance);

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

    /// <summary>Parses an issuer for the engine that <c>-Engine</c> selects.</summary>
    private protected Issuer ParseIssuer(string? text) =>
        Engine == CertificateEngine.CertManager && !string.IsNullOrEmpty(text) ? Issuer.ParseControlled(text) : Issuer.Parse(text);

    /// <summary>Creates the account request of the parameters.</summary>
    private protected AccountRequest NewAccountRequest() => new()
    {
        Contact = Contact,
        AcceptTermsOfService = AcceptTermsOfService,
        CaCertificate = CaCertificate is null ? null : ReadTextFile(CaCertificate),
    };

    /// <summary>Runs the user's script for a result, if there is one.</summary>
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
    /// <param name="write">Writes the result.</param>
    private protected void DeferIssuance(RackSession session, IssuancePlan plan, Func<IssueResult, CancellationToken, Task> write)
    {
        if (!_batches.TryGetValue(session, out var batch))
        {
            _batches[session] = batch = [];
        }

        batch.Add((plan, write));
    }

    private protected sealed override int BatchSize => _batches.Values.Sum(batch => batch.Count);

    private protected sealed override Task RunBatchesAsync(CancellationToken ct) => Task.WhenAll(_batches.Select(async batch =>
    {
        var (session, items) = batch;
        var writers = items.ToDictionary(item => item.Plan.Job, item => item.Write);
        await foreach (var result in session.Engine.IssueAllAsync([.. items.Select(item => item.Plan)], ct))
        {
            Writer?.End(result.Plan.Job);
            await writers[result.Plan.Job](result, ct);
        }
    }));

    /// <summary>Replaces the account request of a plan if the user has to accept the CA's terms first.</summary>
    private protected IssuancePlan PromptForTerms(RackSession session, IssuancePlan plan) => plan.AccountDirectory is { } directoryUrl
        ? plan with { Request = plan.Request with { Account = PromptForTerms(session, directoryUrl, plan.Request.Account) } }
        : plan;

    /// <summary>Writes the result of a dry run and discards its certificate.</summary>
    private protected void WriteTrial(IssueResult result, CertificateChain chain)
    {
        using (chain)
        {
            var issuer = chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
            WriteObject(new ConvoxCheck
            {
                Check = $"Dry run for {result.Plan.Request.Names[0]} at {result.Plan.Request.Issuer}",
                Passed = true,
                Detail = $"Issued by '{issuer}' until {chain.Leaf.NotAfter.ToUniversalTime():u}, then discarded.",
            });
        }
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
