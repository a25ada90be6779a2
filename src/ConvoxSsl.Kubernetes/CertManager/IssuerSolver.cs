using System.Text.Json.Nodes;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>A challenge solver of an issuer, as far as it matters for the selection by domain.</summary>
/// <param name="DnsProviders">The members of <c>dns01</c>, one of which is the provider; empty for http-01.</param>
/// <param name="Names">The domains that the selector lists; empty for all.</param>
/// <param name="Zones">The zones that the selector lists; empty for all.</param>
internal sealed record IssuerSolver(IReadOnlyList<string> DnsProviders, IReadOnlyList<string> Names, IReadOnlyList<string> Zones)
{
    /// <summary>Reads the solvers of an issuer that apply to Certificates without labels.</summary>
    public static IReadOnlyList<IssuerSolver> ReadAll(JsonObject? issuer) =>
        [.. issuer.At("spec", "acme").Objects("solvers")
            .Where(entry => entry.At("selector", "matchLabels") is not { Count: > 0 })
            .Select(entry => new IssuerSolver(
                [.. entry.At("dns01")?.Select(member => member.Key) ?? []],
                entry.At("selector").Texts("dnsNames"),
                entry.At("selector").Texts("dnsZones")))];

    /// <summary>Selects the solver for a domain as cert-manager does; null if none fits.</summary>
    /// <seealso href="https://cert-manager.io/docs/configuration/acme/#adding-multiple-solver-types"/>
    public static IssuerSolver? Select(IReadOnlyList<IssuerSolver> solvers, string domain) =>
        solvers.Where(solver => solver.Fits(domain)).MaxBy(solver => (solver.Names.Count > 0, solver.LongestZone(domain)));

    // A CA offers only dns-01 for a wildcard.
    private bool Fits(string domain) =>
        (DnsProviders.Count > 0 || !domain.StartsWith("*.", StringComparison.Ordinal))
        && (Names.Count == 0 || Names.Contains(domain, StringComparer.OrdinalIgnoreCase))
        && (Zones.Count == 0 || LongestZone(domain) > 0);

    private int LongestZone(string domain) => Zones
        .Where(zone => $".{domain}".EndsWith($".{zone}", StringComparison.OrdinalIgnoreCase))
        .Select(zone => zone.Length)
        .DefaultIfEmpty()
        .Max();
}
