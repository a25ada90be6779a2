using System.Security;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Mapping;

/// <summary>Converts accounts, DNS solvers, checks, copies and webhooks of the engine to the objects that cmdlets output.</summary>
internal static class ModelMapper
{
    public static ConvoxAcmeAccount ToModel(this AccountRecord account, string rack) => new()
    {
        Issuer = Issuer.Parse(account.DirectoryUrl.AbsoluteUri).Name,
        DirectoryUrl = account.DirectoryUrl,
        Url = account.Url,
        Contact = account.Contact,
        ExternalAccountKeyId = account.ExternalAccountKeyId,
        Created = account.Created,
        Rack = rack,
    };

    /// <summary>Converts a check.</summary>
    /// <param name="check">The check.</param>
    /// <param name="cmdlet">The type of the running cmdlet, whose parameters the remedy can name.</param>
    public static ConvoxCheck ToModel(this DnsCheck check, Type cmdlet) => new()
    {
        Check = DisplayText.Sanitize(check.Check),
        Zone = DisplayText.OneLine(check.Zone),
        Passed = check.Passed,
        Detail = DisplayText.Sanitize(check.Detail),
        Remedy = Remedies.Describe(check.Remedy, cmdlet),
    };

    /// <summary>Converts the chain that a dry run obtained.</summary>
    public static ConvoxCheck ToModel(this CertificateChain trial, IssuancePlan plan) => new()
    {
        Check = $"Dry run for {plan.Request.Names[0]} at {plan.Request.Issuer}",
        Passed = true,
        Detail = DisplayText.OneLine(
            $"Issued by '{trial.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}' until "
                + $"{trial.Leaf.NotAfter.ToUniversalTime():u}, then discarded."),
    };

    /// <summary>Converts a stored DNS solver.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="detached">The numbers of the solvers that are missing from cert-manager.</param>
    /// <param name="uses">The last uses of the rack's solvers.</param>
    public static ConvoxDnsSolver ToModel(
        this DnsSolver solver, string rack, IReadOnlySet<int> detached, IReadOnlyList<SolverUse> uses)
    {
        var (status, reason) = GetStatus(solver.Id, detached, uses.FirstOrDefault(use => use.Id == solver.Id));
        return ToModel(solver, rack) with { Status = status, StatusReason = reason };
    }

    private static (ConvoxDnsSolverStatus Status, string? Reason) GetStatus(int id, IReadOnlySet<int> detached, SolverUse? use) =>
        detached.Contains(id) ? (ConvoxDnsSolverStatus.Detached, "cert-manager does not have it.")
        : use is null ? (ConvoxDnsSolverStatus.Untested, FormattableString.Invariant($"To test it, run Test-ConvoxDnsSolver {id}."))
        : use.Failure is { } failure ? (ConvoxDnsSolverStatus.Failed, DisplayText.Sanitize($"It failed at {use.At:u}: {failure}"))
        : (ConvoxDnsSolverStatus.Ready, null);

    private static ConvoxDnsSolver ToModel(DnsSolver solver, string rack) => new()
    {
        Id = solver.Id,
        Provider = solver.GetProvider(),
        DnsZones = solver.DnsZones,
        HostedZoneId = GetColumn(solver, nameof(ConvoxDnsSolver.HostedZoneId)),
        Region = GetColumn(solver, nameof(ConvoxDnsSolver.Region)),
        Role = GetColumn(solver, nameof(ConvoxDnsSolver.Role)),
        ProfileName = GetColumn(solver, nameof(ConvoxDnsSolver.ProfileName)),
        Email = GetColumn(solver, nameof(ConvoxDnsSolver.Email)),
        Plugin = GetColumn(solver, nameof(ConvoxDnsSolver.Plugin)),
        Secret = solver.VaultSecret?.ToString() ?? solver.SecretName,
        Status = ConvoxDnsSolverStatus.Untested,
        Rack = rack,
    };

    /// <summary>Returns the provider of a solver.</summary>
    public static ConvoxDnsProvider GetProvider(this DnsSolver solver) =>
        Enum.TryParse<ConvoxDnsProvider>(solver.Settings?.Provider, out var provider) ? provider : ConvoxDnsProvider.Route53;

    private static string? GetColumn(DnsSolver solver, string name) => solver.Settings?.GetColumns().GetValueOrDefault(name);

    public static ConvoxPublication ToModel(this CertificateCopy copy, string rack) => new()
    {
        Id = copy.Id,
        App = copy.App,
        Namespace = copy.Namespace,
        Result = copy.Result.ToModel(),
        Reason = Remedies.Append(DisplayText.Sanitize(copy.Reason), copy.Remedy),
        Rack = rack,
    };

    /// <summary>Converts a stored webhook.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="secret">The signing secret if this call created it; otherwise null.</param>
    /// <param name="rack">The name of the rack.</param>
    public static ConvoxWebhook ToModel(this WebhookRecord webhook, SecureString? secret, string rack) => new()
    {
        Origin = webhook.Origin,
        Url = webhook.Url.OriginalString,
        Event = [.. webhook.Events.Select(kind => kind.ToModel())],
        Created = webhook.Created,
        Secret = secret,
        Rack = rack,
    };
}
