using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// The solvers of a rack: Convox's list takes precedence, and the backup adds the settings that Convox does not support and the
/// solvers that only the backup has.
/// </summary>
/// <param name="Config">Convox's list; null without cert-manager.</param>
/// <param name="Copy">The module's backup.</param>
internal sealed record RackSolvers(LetsEncryptConfig? Config, SolverBackup Copy)
{
    /// <summary>All solvers, by id.</summary>
    public IReadOnlyList<DnsSolver> All
    {
        get
        {
            var configured = Configured.ToList();
            return [.. configured.Concat(Copy.Solvers.Where(c => configured.All(s => s.Id != c.Id))).OrderBy(s => s.Id)];
        }
    }

    /// <summary>The solvers in Convox's list.</summary>
    public IEnumerable<DnsSolver> Configured => (Config?.Solvers ?? []).Select(s => Complete(s, Copy.Find(s.Id))).OfType<DnsSolver>();

    /// <summary>Finds a solver by its id.</summary>
    public DnsSolver? Find(int id) => All.FirstOrDefault(s => s.Id == id);

    /// <summary>
    /// Lists the solver's known previous states, including those from an interrupted change.
    /// </summary>
    public IReadOnlyList<DnsSolver> StatesOf(int id)
    {
        DnsSolver?[] candidates = [Find(id), Copy.Find(id)];
        var states = candidates.OfType<DnsSolver>().ToList();
        return states.Count == 0 ? [] : [.. states, .. Copy.FormerZones(id).Select(zones => states[0] with { DnsZones = zones })];
    }

    // A rack API that does not support Cloudflare keeps only the id and the zones of such an entry.
    private static DnsSolver? Complete(DnsSolver listed, DnsSolver? copied) => (listed, copied) switch
    {
        ({ Settings: Route53Settings route53 }, { Settings: Route53Settings more }) =>
            listed with { Settings = route53 with { ExternalId = more.ExternalId, ProfileName = more.ProfileName } },
        ({ Settings: null }, not null) => copied with { DnsZones = listed.DnsZones },
        ({ Settings: null }, null) => null,
        _ => listed,
    };
}
