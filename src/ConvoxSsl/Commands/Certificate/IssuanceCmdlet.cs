using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;
using ConvoxSsl.Mapping;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Commands;

/// <summary>The base of the cmdlets that issue certificates. Their settings are stored with the certificate for its renewals.</summary>
public abstract partial class IssuanceCmdlet : ConvoxCmdlet
{
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

    /// <summary>Issues a certificate for <c>-DryRun</c>, discards it, and writes the result.</summary>
    private protected async Task TryAsync(RackSession session, IssueRequest request, object target, CancellationToken ct)
    {
        try
        {
            using var chain = await session.Engine.TryAsync(request, ct);
            var issuer = chain.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
            WriteObject(new ConvoxCheck
            {
                Check = $"Dry run for {request.Names[0]} at {request.Issuer.Trial}",
                Passed = true,
                Detail = $"Issued by '{issuer}' until {chain.Leaf.NotAfter.ToUniversalTime():u}, then discarded.",
            });
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, target));
        }
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
