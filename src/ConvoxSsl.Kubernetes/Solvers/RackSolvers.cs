using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// The solvers of a rack: Convox's list, which wins, with what only the copy knows of the same provider, and those that only
/// the copy has.
/// </summary>
/// <param name="Config">Convox's list; null where there is no cert-manager.</param>
/// <param name="Copy">The module's own copy.</param>
internal sealed record RackSolvers(LetsEncryptConfig? Config, SolverBackup Copy)
{
    /// <summary>All of them, by number.</summary>
    public IReadOnlyList<DnsSolver> All
    {
        get
        {
            var configured = Configured.ToList();
            return [.. configured.Concat(Copy.Solvers.Where(c => configured.All(s => s.Id != c.Id))).OrderBy(s => s.Id)];
        }
    }

    /// <summary>Those in Convox's list.</summary>
    public IEnumerable<DnsSolver> Configured => (Config?.Solvers ?? []).Select(s => Complete(s, Copy.Find(s.Id))).OfType<DnsSolver>();

    /// <summary>The solver of that number.</summary>
    public DnsSolver? Find(int id) => All.FirstOrDefault(s => s.Id == id);

    /// <summary>
    /// What the solver was before, as far as is known: also what a change that was cut off has left behind.
    /// </summary>
    public IReadOnlyList<DnsSolver> StatesOf(int id)
    {
        DnsSolver?[] known = [Find(id), Copy.Find(id)];
        var states = known.OfType<DnsSolver>().ToList();
        return states.Count == 0 ? [] : [.. states, .. Copy.FormerZones(id).Select(zones => states[0] with { DnsZones = zones })];
    }

    // A rack's API that does not know Cloudflare leaves only number and zones of such an entry.
    private static DnsSolver? Complete(DnsSolver listed, DnsSolver? copied) => (listed, copied) switch
    {
        ({ Settings: Route53Settings route53 }, { Settings: Route53Settings more }) =>
            listed with { Settings = route53 with { ExternalId = more.ExternalId, ProfileName = more.ProfileName } },
        ({ Settings: null }, not null) => copied with { DnsZones = listed.DnsZones },
        ({ Settings: null }, null) => null,
        _ => listed,
    };
}
