using System.Collections.Concurrent;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>
/// Finds the known faults of the rack's cert-manager that concern a DNS solver or the solvers of an issuer, and the domains for which
/// an issuer uses dns-01.
/// </summary>
internal sealed class VersionChecks(ClusterApi api)
{
    private readonly VersionReader _version = new(api);
    private readonly ConcurrentDictionary<string, IReadOnlyList<IssuerSolver>> _solvers = new(StringComparer.Ordinal);

    /// <summary>Checks the version for a fault with a DNS solver; null if no version has one, or cert-manager lacks the solver.</summary>
    public async Task<ControllerCheck?> CheckAsync(DnsSolver solver, CancellationToken ct) =>
        !solver.NeedsEngine
        && VersionFault.FindByProvider(solver.Settings?.Provider) is { } fault
        && await api.IsServedAsync(ApiResource.CertManagerGroup, "v1", ct).ConfigureAwait(false)
            ? await _version.CheckAsync(fault, ct).ConfigureAwait(false)
            : null;

    /// <summary>Checks the version for a fault with the solvers that an issuer has for some domains; null if no version has one.</summary>
    public async Task<ControllerCheck?> CheckAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct)
    {
        IReadOnlyList<IssuerSolver> solvers;
        try
        {
            solvers = await ReadSolversAsync(issuer, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            return new ControllerCheck(
                RackScope.ControllerName, null, $"The DNS solvers of {RackScope.ControllerName} are unknown. {e.Message}");
        }

        var fault = domains
            .SelectMany(domain => IssuerSolver.Select(solvers, domain)?.DnsProviders ?? [])
            .Select(VersionFault.FindByProvider)
            .FirstOrDefault(found => found is not null);
        return fault is null ? null : await _version.CheckAsync(fault, ct).ConfigureAwait(false);
    }

    /// <summary>Finds the domains that an issuer validates by dns-01; none if its solvers are unknown.</summary>
    public async Task<IReadOnlyList<string>> FindDnsDomainsAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct)
    {
        try
        {
            var solvers = await ReadSolversAsync(issuer, ct).ConfigureAwait(false);
            return [.. domains.Where(domain => IssuerSolver.Select(solvers, domain)?.DnsProviders.Count > 0)];
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            return [];
        }
    }

    // An engine lives for one command, which needs the same issuer for each certificate.
    private async Task<IReadOnlyList<IssuerSolver>> ReadSolversAsync(string issuer, CancellationToken ct) =>
        _solvers.TryGetValue(issuer, out var known)
            ? known
            : _solvers[issuer] = IssuerSolver.ReadAll(
                await api.FindAsync(ApiResource.ClusterIssuers, null, issuer, ct).ConfigureAwait(false));
}
