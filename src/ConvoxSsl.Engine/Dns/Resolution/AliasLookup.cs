using System.Collections.Concurrent;
using DnsClient;
using DnsClient.Protocol;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// Finds the name to which the aliases of a challenge record lead. Only records that exist count: a wildcard record such as
/// <c>*.example.org</c> also answers for names that do not exist, and no longer does when a record is created there (RFC 4592).
/// Queries the authoritative servers, or the resolvers if no authoritative one can be reached. An instance serves one batch, because
/// it remembers which names have no wildcard record.
/// </summary>
/// <param name="resolver">Finds zones and name servers.</param>
public sealed class AliasLookup(DnsResolver resolver)
{
    private const int MaxAliases = 50;

    // Only a wildcard answers for a name below this label.
    private const string Probe = "_convoxssl-probe.";

    private readonly ConcurrentDictionary<string, bool> _withoutWildcard = new(StringComparer.Ordinal);

    /// <summary>
    /// Follows the aliases of a name and returns the last target; the name itself if it is not an alias or does not exist.
    /// </summary>
    /// <exception cref="EngineException">
    /// <c>DnsCnameLoop</c>: the aliases form a loop, or there are too many. <c>DnsServerUnreachable</c>, <c>DnsLookupFailed</c>.
    /// </exception>
    public async Task<string> FollowAsync(string name, CancellationToken ct)
    {
        var chain = new List<string> { DnsResponse.Normalize(name) };
        while (await FindNextAsync(chain, ct) is { } target)
        {
            var isLoop = chain.Contains(target);
            chain.Add(target);
            if (isLoop || chain.Count > MaxAliases)
            {
                throw Loop(chain);
            }
        }

        return chain[^1];
    }

    /// <summary>
    /// True if a name does not exist and only a wildcard record answers for it. A record below such a name makes it exist without
    /// records of its own, so the wildcard no longer answers (RFC 4592 section 2.2.2).
    /// </summary>
    public async Task<bool> IsSynthesizedAsync(string name, CancellationToken ct)
    {
        var own = DnsResponse.Normalize(name);
        if (!await CanBeSynthesizedAsync(own, ct))
        {
            return false;
        }

        foreach (var type in new[] { QueryType.A, QueryType.AAAA })
        {
            // If the name exists, the wildcard of its parent does not match names below it.
            var data = await GetDataAsync(Probe + own, type, ct);
            if (data is null or { Count: > 0 })
            {
                return data is not null && await IsDataOfAsync([own, .. GetProbes(own).Skip(1)], type, data, ct);
            }
        }

        return false;
    }

    // If a name below the parent does not exist, the parent has no wildcard record, so one query decides for all names below it.
    private async Task<bool> CanBeSynthesizedAsync(string name, CancellationToken ct)
    {
        var parent = name[(name.IndexOf('.') + 1)..];
        if (!parent.Contains('.'))
        {
            return true;
        }

        if (_withoutWildcard.ContainsKey(parent))
        {
            return false;
        }

        try
        {
            var response = await resolver.QueryZoneAsync(Probe + parent, QueryType.A, ct);
            if (response.Outcome != DnsOutcome.NoSuchName || response.AliasOf(Probe + parent) is not null)
            {
                return true;
            }

            _withoutWildcard[parent] = true;
            return false;
        }
        catch (EngineException)
        {
            return true;
        }
    }

    // The zone of a target may be unavailable; the alias is still known.
    private async Task<string?> FindNextAsync(List<string> chain, CancellationToken ct)
    {
        try
        {
            return await FindAliasAsync(chain[^1], ct);
        }
        catch (EngineException e) when (e.Code == ErrorCode.DnsLookupFailed && chain.Count > 1)
        {
            return null;
        }
    }

    // Returns null if the name is not an alias, or only because of a wildcard record.
    private async Task<string?> FindAliasAsync(string name, CancellationToken ct) =>
        (await resolver.QueryZoneAsync(name, QueryType.CNAME, ct)).AliasOf(name) is { } target
        && !await IsDataOfAsync(GetProbes(name), QueryType.CNAME, [target], ct)
            ? target
            : null;

    // Names that do not exist. If a wildcard record of the parent answers for a name, it answers for all of them. If the name exists
    // and has a wildcard record of its own, a name below an asterisk does not match (RFC 4592 section 2.2.1), although its data may
    // be the same.
    private static IEnumerable<string> GetProbes(string name)
    {
        yield return Probe + name;
        yield return Probe + "*." + name;
        if (name.IndexOf('.') is >= 0 and var dot)
        {
            yield return Probe + name[(dot + 1)..];
        }
    }

    // Compares loosely, because a server may return a different selection of addresses each time.
    private async Task<bool> IsDataOfAsync(IEnumerable<string> names, QueryType type, HashSet<string> data, CancellationToken ct)
    {
        foreach (var name in names)
        {
            if (await GetDataAsync(name, type, ct) is not { } found || !data.Overlaps(found))
            {
                return false;
            }
        }

        return true;
    }

    // Gets the alias, which stands for all data of a name, or the addresses; null if the name does not exist or cannot be looked up,
    // for example because it is too long.
    private async Task<HashSet<string>?> GetDataAsync(string name, QueryType type, CancellationToken ct)
    {
        try
        {
            var response = await resolver.QueryZoneAsync(name, type, ct);
            return (response.AliasOf(name), response.Outcome) switch
            {
                ({ } target, _) => [target],
                (_, DnsOutcome.NoSuchName) => null,
                _ => [.. response.Of<AddressRecord>()
                    .Where(r => DnsResponse.Normalize(r.DomainName.Value) == name)
                    .Select(r => r.Address.ToString())],
            };
        }
        catch (EngineException)
        {
            return null;
        }
    }

    private static EngineException Loop(List<string> chain) => new(
        ErrorCode.DnsCnameLoop,
        EngineErrorKind.InvalidState,
        $"The CNAME records of '{chain[0]}' have no end: {string.Join(" -> ", chain)}.",
        chain[0]) { Remedy = "Correct them at the DNS provider." };
}
