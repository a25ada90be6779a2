using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// Queries the authoritative servers of a name, without leaving anything about it in the caches of resolvers. A CA may use the
/// same resolver, and BIND and dnsmasq cache that a name does not exist (RFC 2308). Safe for concurrent use.
/// </summary>
internal sealed class AuthoritativeServers(DnsResolver resolver)
{
    private const int MaxReferrals = 10;

    // Behind a firewall, no server responds, and each attempt takes seconds.
    private const int MaxFailures = 3;

    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _zones = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> _hostsOf = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<IPEndPoint>>>> _addressesOf = new();
    private readonly ConcurrentDictionary<IPEndPoint, bool> _silent = new();
    private readonly ConcurrentDictionary<IPEndPoint, bool> _responding = new();

    /// <summary>Queries the zone of a name.</summary>
    /// <returns>The response; null if the zone cannot be found or none of its servers can be reached.</returns>
    /// <exception cref="EngineException"><c>DnsServerUnreachable</c>, <c>DnsLookupFailed</c>: the resolvers fail.</exception>
    public Task<DnsResponse?> QueryAsync(string name, QueryType type, CancellationToken ct) => QueryAsync(name, name, type, ct);

    /// <summary>Finds the zone of a name.</summary>
    /// <returns>The zone; null if it cannot be found or none of its servers can be reached.</returns>
    /// <exception cref="EngineException"><c>DnsServerUnreachable</c>: no resolver responds.</exception>
    public async Task<string?> FindZoneOfAsync(string name, CancellationToken ct)
    {
        // The response for an alias does not name the zone, and an alias is not a zone.
        foreach (var candidate in DnsResolver.GetParents(name))
        {
            var response = await QueryAsync(name, candidate, QueryType.SOA, ct);
            if (response?.AliasOf(candidate) is null)
            {
                return response?.Records.Concat(response.Authorities).OfType<SoaRecord>()
                    .Select(r => DnsResponse.Normalize(r.DomainName.Value))
                    .Where(zone => IsWithin(name, zone))
                    .MaxBy(zone => zone.Length);
            }
        }

        return null;
    }

    // Queries the zone of a name for the name or one of its parents.
    private async Task<DnsResponse?> QueryAsync(string name, string question, QueryType type, CancellationToken ct)
    {
        if (await FindZoneAsync(name, ct) is not { } zone)
        {
            return null;
        }

        var hosts = await GetHostsAsync(zone, ct);
        for (var referrals = 0; referrals <= MaxReferrals; referrals++)
        {
            var response = await QueryAsync(hosts, zone, question, type, ct);
            if (response is null or { IsAuthoritative: true })
            {
                return response;
            }

            (zone, hosts) = GetReferral(response, zone, question)!.Value;
        }

        return null;
    }

    // The closest zone that the resolvers know, because they may have zones that no parent delegates. A name such as
    // _acme-challenge.www may not exist yet, so the resolvers are queried only for the domains above it. Top-level domains come last,
    // because their servers know only delegations.
    private async Task<string?> FindZoneAsync(string name, CancellationToken ct)
    {
        var parents = DnsResolver.GetParents(name).Skip(1).Where(p => p[0] is not ('_' or '*')).ToList();
        var domains = parents.Take(Math.Max(1, parents.Count - 1)).ToList();
        var isZone = await Task.WhenAll(domains.Select(d => FindOnceAsync(_zones, d, () => IsZoneAsync(d, ct), ct)));
        if (domains.Where((_, i) => isZone[i]).FirstOrDefault() is { } closest)
        {
            return closest;
        }

        return parents.Skip(1).LastOrDefault() is { } top && await FindOnceAsync(_zones, top, () => IsZoneAsync(top, ct), ct) ? top : null;
    }

    private async Task<bool> IsZoneAsync(string zone, CancellationToken ct)
    {
        try
        {
            var response = await resolver.QueryAsync(zone, QueryType.SOA, ct);
            return response.Of<SoaRecord>().Any(r => DnsResponse.Normalize(r.DomainName.Value) == zone);
        }
        catch (EngineException e) when (e.Code == ErrorCode.DnsLookupFailed)
        {
            return false;
        }
    }

    private async Task<IReadOnlyList<string>> GetHostsAsync(string zone, CancellationToken ct)
    {
        try
        {
            return await FindOnceAsync(_hostsOf, zone, () => resolver.GetNameServersAsync(zone, ct), ct);
        }
        catch (EngineException e) when (e.Code is ErrorCode.DnsZoneNotFound or ErrorCode.DnsLookupFailed)
        {
            return [];
        }
    }

    // Returns the first authoritative response or referral.
    private async Task<DnsResponse?> QueryAsync(
        IReadOnlyList<string> hosts, string zone, string name, QueryType type, CancellationToken ct)
    {
        var failures = 0;
        foreach (var host in hosts)
        {
            foreach (var address in await GetAddressesAsync(host, ct))
            {
                if (_silent.ContainsKey(address))
                {
                    failures++;
                }
                else
                {
                    var response = await QueryAsync(address, name, type, ct);
                    if (response.IsConclusive && (response.IsAuthoritative || GetReferral(response, zone, name) is not null))
                    {
                        return response;
                    }

                    failures++;
                    _ = response.Outcome != DnsOutcome.NoResponse || _silent.TryAdd(address, true);
                }

                if (failures == MaxFailures)
                {
                    return null;
                }
            }
        }

        return null;
    }

    // A closed port does not cost a timeout.
    private async Task<DnsResponse> QueryAsync(IPEndPoint address, string name, QueryType type, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var query = resolver.QueryServerAsync(address, name, type, recursive: false, stop.Token);
        var refusal = _responding.ContainsKey(address) ? query : DnsTransport.WaitForRefusalAsync(address, stop.Token);
        var isRefused = await Task.WhenAny(query, refusal) != query;
        try
        {
            if (!isRefused && (await query).Outcome != DnsOutcome.NoResponse)
            {
                _responding.TryAdd(address, true);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(query, refusal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ct.ThrowIfCancellationRequested();
        return isRefused ? new DnsResponse(DnsOutcome.NoResponse, "the port is closed", false, []) : await query;
    }

    private async Task<IReadOnlyList<IPEndPoint>> GetAddressesAsync(string host, CancellationToken ct)
    {
        try
        {
            return await FindOnceAsync(_addressesOf, host, () => resolver.FindAddressesAsync(host, ct), ct);
        }
        catch (EngineException)
        {
            // Another host of the zone may have an address.
            return [];
        }
    }

    // Does not cache a failure. If the caller whose look-up others share is cancelled, they start one of their own.
    private static async Task<T> FindOnceAsync<T>(
        ConcurrentDictionary<string, Lazy<Task<T>>> cache, string key, Func<Task<T>> findAsync, CancellationToken ct)
    {
        while (true)
        {
            var entry = cache.GetOrAdd(key, _ => new(findAsync));
            try
            {
                return await entry.Value.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                cache.TryRemove(KeyValuePair.Create(key, entry));
            }
            catch
            {
                cache.TryRemove(KeyValuePair.Create(key, entry));
                throw;
            }
        }
    }

    // The closest zone below this one that contains the name, with its servers.
    private static (string Zone, IReadOnlyList<string> Hosts)? GetReferral(DnsResponse response, string zone, string name)
    {
        var closest = response.Authorities.OfType<NsRecord>()
            .GroupBy(r => DnsResponse.Normalize(r.DomainName.Value), r => DnsResponse.Normalize(r.NSDName.Value))
            .Where(g => IsWithin(name, g.Key) && g.Key != zone && IsWithin(g.Key, zone))
            .MaxBy(g => g.Key.Length);
        return closest is null ? null : (closest.Key, [.. closest.Distinct()]);
    }

    private static bool IsWithin(string name, string zone) => name == zone || name.EndsWith("." + zone, StringComparison.Ordinal);
}
