using System.Collections.Concurrent;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>The challenge record of a name and of its wildcard.</summary>
/// <param name="Name">The name at which the record has to be written.</param>
/// <param name="Alias">The challenge record's own name, if it is an alias of <paramref name="Name"/>; otherwise null.</param>
/// <param name="Solver">The DNS solver with the longest zone that contains the record; null if there is none.</param>
/// <param name="HidesDomain">
/// True if only a wildcard record of the zone answers for the domain. While the challenge record exists, the wildcard does not
/// (RFC 4592 section 2.2.2).
/// </param>
internal sealed record ChallengeRecord(string Name, string? Alias, DnsSolver? Solver, bool HidesDomain);

/// <summary>Finds challenge records, after following the aliases at their names.</summary>
internal sealed class ChallengeRecordLookup(IssuanceContext context)
{
    // One for each resolver, so that the certificates of a batch share what it remembers.
    private readonly ConcurrentDictionary<DnsResolver, AliasLookup> _lookups = new();

    /// <summary>Finds the records of names, by base name.</summary>
    public async Task<IReadOnlyDictionary<string, ChallengeRecord>> FindAsync(
        IEnumerable<CertificateName> names, IReadOnlyList<DnsSolver> solvers, DnsResolver resolver, CancellationToken ct)
    {
        // A name and its wildcard share one record name, so they need one lookup.
        var lookup = _lookups.GetOrAdd(resolver, static r => new AliasLookup(r));
        var found = await Task.WhenAll(names.Select(n => n.BaseName).Distinct(StringComparer.Ordinal).Select(async domain =>
            KeyValuePair.Create(domain, await FindAsync(domain, solvers, lookup, ct).ConfigureAwait(false)))).ConfigureAwait(false);
        return found.ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Gets the solver with the longest zone that contains a name; null if there is none.</summary>
    public static DnsSolver? FindLongest(IReadOnlyList<DnsSolver> solvers, string name) =>
        solvers.Where(s => s.Covers(name) is not null).MaxBy(s => s.Covers(name));

    private async Task<ChallengeRecord> FindAsync(
        string domain, IReadOnlyList<DnsSolver> solvers, AliasLookup lookup, CancellationToken ct)
    {
        var own = Dns01Solver.Label + domain;
        string target;
        try
        {
            target = await lookup.FollowAsync(own, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (
            e.Code is ErrorCode.DnsServerUnreachable or ErrorCode.DnsLookupFailed && FindLongest(solvers, own) is not null)
        {
            context.ReportWarning(
                $"Cannot look up whether '{own}' is an alias, so the record is written at that name. {e.Message}", e.Remedy);
            return new ChallengeRecord(own, null, FindLongest(solvers, own), false);
        }

        var solver = FindLongest(solvers, target);
        if (target != own)
        {
            return new ChallengeRecord(target, own, solver, false);
        }

        var hidesDomain = solver is not null && await lookup.IsSynthesizedAsync(domain, ct).ConfigureAwait(false);
        return new ChallengeRecord(own, null, solver, hidesDomain);
    }
}
