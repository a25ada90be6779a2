using System.Net;
using ConvoxSsl.Engine.Dns.Caa;
using DnsClient;
using DnsClient.Protocol;
using CaaRecord = ConvoxSsl.Engine.Dns.Caa.CaaRecord;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// Looks up names through recursive resolvers: the configured ones or those of the system. It caches only the name servers of
/// zones, so each look-up returns the current state. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Each look-up throws an <see cref="EngineException"/> with the code <c>DnsServerUnreachable</c> if no resolver responds, and
/// <c>DnsLookupFailed</c> if those that respond report a failure such as SERVFAIL.
/// </remarks>
public sealed class DnsResolver
{
    private readonly DnsResolverOptions _options;
    private readonly DnsTransport _transport;
    private readonly ResolverEndpoints _endpoints;
    private readonly AuthoritativeServers _servers;

    /// <summary>Creates a resolver; sends no query.</summary>
    public DnsResolver(DnsResolverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _transport = new DnsTransport(options.Timeout);
        _endpoints = new ResolverEndpoints(options.Servers);
        _servers = new AuthoritativeServers(this);
    }

    /// <summary>Gets the name servers of a zone from its NS records: sorted lowercase host names.</summary>
    /// <exception cref="EngineException"><c>DnsZoneNotFound</c>: there is no such zone.</exception>
    public async Task<IReadOnlyList<string>> GetNameServersAsync(string zone, CancellationToken ct)
    {
        var apex = DnsResponse.Normalize(zone);
        var response = await QueryAsync(apex, QueryType.NS, ct);
        List<string> servers =
        [
            .. response.Of<NsRecord>()
                .Where(r => DnsResponse.Normalize(r.DomainName.Value) == apex)
                .Select(r => DnsResponse.Normalize(r.NSDName.Value))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return servers.Count > 0 ? servers : throw NoZone($"'{apex}' has no name servers in the DNS: {DescribeNoRecord(response)}.", apex);
    }

    /// <summary>Finds the zone of a name: the closest name up the tree with a SOA record of its own.</summary>
    /// <exception cref="EngineException"><c>DnsZoneNotFound</c>: no name up the tree is a zone.</exception>
    public async Task<string> FindZoneAsync(string name, CancellationToken ct)
    {
        // The authoritative servers first, because the name may not exist on all of them yet, and resolvers would cache that.
        if (await _servers.FindZoneOfAsync(DnsResponse.Normalize(name), ct) is { } zone)
        {
            return zone;
        }

        foreach (var candidate in GetParents(DnsResponse.Normalize(name)))
        {
            // A resolver follows an alias to the apex of another zone, which is irrelevant to this name.
            var response = await QueryAsync(candidate, QueryType.SOA, ct);
            if (response.Of<SoaRecord>().Any(r => DnsResponse.Normalize(r.DomainName.Value) == candidate)
                && response.AliasOf(candidate) is null)
            {
                return candidate;
            }
        }

        throw NoZone($"Cannot find a zone for '{name}' in the DNS.", name);
    }

    /// <summary>Gets the IPv4 addresses of a host, then its IPv6 addresses; none if it does not exist.</summary>
    public async Task<IReadOnlyList<IPAddress>> GetAddressesAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        var name = DnsResponse.Normalize(host);
        var responses = await Task.WhenAll(TryQueryAsync(name, QueryType.A, ct), TryQueryAsync(name, QueryType.AAAA, ct));
        List<IPAddress> addresses =
            [.. responses[0].Of<ARecord>().Select(r => r.Address), .. responses[1].Of<AaaaRecord>().Select(r => r.Address)];

        // A failure for one address family does not matter if there are addresses of the other.
        return addresses.Count > 0 || responses.All(a => a.IsConclusive)
            ? [.. addresses.Distinct()]
            : throw Failure(name, QueryType.A, responses.First(a => !a.IsConclusive));
    }

    /// <summary>Gets the TXT values at a name or at the target of its alias; none if it does not exist.</summary>
    public async Task<IReadOnlyList<string>> GetTxtAsync(string name, CancellationToken ct) =>
        (await QueryAsync(DnsResponse.Normalize(name), QueryType.TXT, ct)).TxtValues();

    /// <summary>
    /// Gets the relevant CAA records of a name or wildcard (RFC 8659 section 3): those of the closest name up the tree that has
    /// any, itself or through an alias. A failed look-up is part of the result, because it forbids issuance as well.
    /// </summary>
    public async Task<CaaRecordSet> GetCaaAsync(string name, CancellationToken ct)
    {
        var start = DnsResponse.Normalize(name);
        foreach (var candidate in GetParents(start.StartsWith("*.", StringComparison.Ordinal) ? start[2..] : start))
        {
            var response = await TryQueryAsync(candidate, QueryType.CAA, ct);
            if (!response.IsConclusive)
            {
                return new CaaRecordSet(candidate, [], response.Reason);
            }

            var found = response.Of<DnsClient.Protocol.CaaRecord>().Select(r => new CaaRecord(r.Flags, r.Tag, r.Value)).ToList();
            if (found.Count > 0)
            {
                return new CaaRecordSet(candidate, found, null);
            }
        }

        return CaaRecordSet.None;
    }

    /// <summary>Gets the endpoints of a name server; none if its host has no address.</summary>
    internal async Task<IReadOnlyList<IPEndPoint>> FindAddressesAsync(string host, CancellationToken ct) =>
        _options.LocateNameServer?.Invoke(host) ?? [.. (await GetAddressesAsync(host, ct)).Select(a => new IPEndPoint(a, 53))];

    /// <summary>Gets the resolvers that are queried.</summary>
    internal Task<IReadOnlyList<ResolverEndpoint>> GetResolversAsync(CancellationToken ct) => _endpoints.GetAsync(ct);

    /// <summary>Queries one server, without retries.</summary>
    internal Task<DnsResponse> QueryServerAsync(IPEndPoint server, string name, QueryType type, bool recursive, CancellationToken ct) =>
        _transport.QueryAsync(server, Question(name, type), recursive, ct);

    /// <summary>Queries the authoritative servers, or the resolvers if no authoritative one can be reached.</summary>
    internal async Task<DnsResponse> QueryZoneAsync(string name, QueryType type, CancellationToken ct) =>
        await _servers.QueryAsync(name, type, ct) ?? await QueryAsync(name, type, ct);

    /// <summary>Queries the resolvers.</summary>
    internal async Task<DnsResponse> QueryAsync(string name, QueryType type, CancellationToken ct)
    {
        var response = await TryQueryAsync(name, type, ct);
        return response.IsConclusive ? response : throw Failure(name, type, response);
    }

    /// <summary>Gets a name and its parents, up to the top-level domain.</summary>
    internal static IEnumerable<string> GetParents(string name)
    {
        for (var rest = name; rest.Length > 0; rest = rest.IndexOf('.') is >= 0 and var dot ? rest[(dot + 1)..] : string.Empty)
        {
            yield return rest;
        }
    }

    // Returns the first conclusive response; otherwise the reasons of all servers, as a failure if at least one responded.
    private async Task<DnsResponse> TryQueryAsync(string name, QueryType type, CancellationToken ct)
    {
        var question = Question(name, type);
        var servers = await _endpoints.GetAsync(ct);
        var outcome = DnsOutcome.NoResponse;
        var reasons = new Dictionary<ResolverEndpoint, string>();
        for (var attempt = 0; attempt < _options.Attempts; attempt++)
        {
            foreach (var server in servers)
            {
                var response = await _transport.QueryAsync(server.Address, question, recursive: true, ct);
                if (response.IsConclusive)
                {
                    return response;
                }

                outcome = response.Outcome == DnsOutcome.Failed ? DnsOutcome.Failed : outcome;
                reasons[server] = response.Reason;
            }
        }

        return new DnsResponse(outcome, string.Join(", ", reasons.Select(s => $"{s.Key.Server}: {s.Value}").Distinct()), false, []);
    }

    private static DnsQuestion Question(string name, QueryType type)
    {
        try
        {
            return new DnsQuestion(name, type);
        }
        catch (ArgumentException e)
        {
            throw new EngineException(
                ErrorCode.DnsLookupFailed, EngineErrorKind.InvalidData, $"Cannot look up '{name}' in the DNS: {e.Message}", name, e)
            {
                Remedy = "Check how the name is written.",
            };
        }
    }

    private static string DescribeNoRecord(DnsResponse response) =>
        response.Outcome == DnsOutcome.NoSuchName ? response.Reason : "there is no NS record";

    private static EngineException NoZone(string message, string name) => new(
        ErrorCode.DnsZoneNotFound, EngineErrorKind.NotFound, message, name)
    {
        Remedy = "Check the name, and that its domain is registered and delegated.",
    };

    private static EngineException Failure(string name, QueryType type, DnsResponse response) => response.Outcome == DnsOutcome.NoResponse
        ? new EngineException(
            ErrorCode.DnsServerUnreachable,
            EngineErrorKind.TimedOut,
            $"No DNS server responded to the query for {type} of '{name}'. {response.Reason}.",
            name) { Remedy = new Remedy(ErrorCode.DnsServerUnreachable) }
        : new EngineException(
            ErrorCode.DnsLookupFailed,
            EngineErrorKind.InvalidState,
            $"Cannot look up {type} of '{name}'. {response.Reason}.",
            name) { Remedy = new Remedy(ErrorCode.DnsLookupFailed) };
}
