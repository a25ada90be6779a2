using System.Net;
using ConvoxSsl.Engine.Dns.Caa;
using DnsClient;
using DnsClient.Protocol;
using CaaRecord = ConvoxSsl.Engine.Dns.Caa.CaaRecord;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// Look-ups through recursive resolvers: those that the user configured, or those of the system. Keeps nothing of
/// what it learnt, so that each look-up tells how things are now. Safe for use by many tasks at once.
/// </summary>
/// <remarks>
/// Each look-up throws an <see cref="EngineException"/> with the code <c>DnsServerUnreachable</c> where no resolver
/// answers, and <c>DnsLookupFailed</c> where those that do can't find out: SERVFAIL and the like.
/// </remarks>
public sealed class DnsResolver
{
    private const int MaximumAliases = 50;
    private readonly DnsResolverOptions _options;
    private readonly DnsExchange _exchange;
    private readonly ResolverEndpoints _endpoints;

    /// <summary>Makes a resolver; asks nobody yet.</summary>
    public DnsResolver(DnsResolverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _exchange = new DnsExchange(options.Timeout);
        _endpoints = new ResolverEndpoints(options.Servers);
    }

    /// <summary>
    /// The name that a name is an alias of in the end; the name itself where it is no alias or does not exist.
    /// </summary>
    /// <exception cref="EngineException"><c>DnsCnameLoop</c>: the aliases lead in a circle, or on without end.</exception>
    public async Task<string> FollowAsync(string name, CancellationToken ct)
    {
        var chain = new List<string> { DnsResponse.Normalize(name) };
        while (true)
        {
            var answer = await AskAsync(chain[^1], QueryType.CNAME, ct);
            if (answer.AliasOf(chain[^1]) is null)
            {
                return chain[^1];
            }

            // One answer may hold several links of the chain.
            while (answer.AliasOf(chain[^1]) is { } target)
            {
                var isLoop = chain.Contains(target);
                chain.Add(target);
                if (isLoop || chain.Count > MaximumAliases)
                {
                    throw Loop(chain);
                }
            }
        }
    }

    /// <summary>The name servers of a zone by its NS records: lower-cased host names, in order.</summary>
    /// <exception cref="EngineException"><c>DnsZoneNotFound</c>: there is no such zone.</exception>
    public async Task<IReadOnlyList<string>> GetNameServersAsync(string zone, CancellationToken ct)
    {
        var apex = DnsResponse.Normalize(zone);
        var answer = await AskAsync(apex, QueryType.NS, ct);
        List<string> servers =
        [
            .. answer.Of<NsRecord>()
                .Where(r => DnsResponse.Normalize(r.DomainName.Value) == apex)
                .Select(r => DnsResponse.Normalize(r.NSDName.Value))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return servers.Count > 0 ? servers : throw NoZone($"'{apex}' has no name servers in the DNS: {Said(answer)}.", apex);
    }

    /// <summary>The zone that a name lies in: the closest name up the tree with a SOA record of its own.</summary>
    /// <exception cref="EngineException"><c>DnsZoneNotFound</c>: no name up the tree is one.</exception>
    public async Task<string> FindZoneAsync(string name, CancellationToken ct)
    {
        foreach (var candidate in TreeUp(DnsResponse.Normalize(name)))
        {
            // A resolver follows an alias to the apex of another zone, which says nothing about this name.
            var answer = await AskAsync(candidate, QueryType.SOA, ct);
            if (answer.Of<SoaRecord>().Any(r => DnsResponse.Normalize(r.DomainName.Value) == candidate) && answer.AliasOf(candidate) is null)
            {
                return candidate;
            }
        }

        throw NoZone($"The DNS knows no zone that '{name}' lies in. Check the name, and that its domain is registered and delegated.", name);
    }

    /// <summary>The IPv4 addresses of a host, then the IPv6 ones; none where it has none or does not exist.</summary>
    public async Task<IReadOnlyList<IPAddress>> GetAddressesAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        var name = DnsResponse.Normalize(host);
        var answers = await Task.WhenAll(TryAskAsync(name, QueryType.A, ct), TryAskAsync(name, QueryType.AAAA, ct));
        List<IPAddress> addresses = [.. answers[0].Of<ARecord>().Select(r => r.Address), .. answers[1].Of<AaaaRecord>().Select(r => r.Address)];

        // One kind that can't be looked up does no harm where there are addresses of the other.
        return addresses.Count > 0 || answers.All(a => a.IsConclusive)
            ? [.. addresses.Distinct()]
            : throw Failure(name, QueryType.A, answers.First(a => !a.IsConclusive));
    }

    /// <summary>The TXT values at a name or at what it is an alias of; none where it has none or does not exist.</summary>
    public async Task<IReadOnlyList<string>> GetTxtAsync(string name, CancellationToken ct) =>
        (await AskAsync(DnsResponse.Normalize(name), QueryType.TXT, ct)).TxtValues();

    /// <summary>
    /// The CAA records that hold for a name (RFC 8659 section 3): those of the closest name up the tree that has any,
    /// itself or through an alias. A look-up that fails is in the result, because it forbids issuance as well.
    /// </summary>
    /// <param name="name">The name, or a wildcard.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<CaaRecordSet> GetCaaAsync(string name, CancellationToken ct)
    {
        var start = DnsResponse.Normalize(name);
        foreach (var candidate in TreeUp(start.StartsWith("*.", StringComparison.Ordinal) ? start[2..] : start))
        {
            var answer = await TryAskAsync(candidate, QueryType.CAA, ct);
            if (!answer.IsConclusive)
            {
                return new CaaRecordSet(candidate, [], answer.Reason);
            }

            var found = answer.Of<DnsClient.Protocol.CaaRecord>().Select(r => new CaaRecord(r.Flags, r.Tag, r.Value)).ToList();
            if (found.Count > 0)
            {
                return new CaaRecordSet(candidate, found, null);
            }
        }

        return CaaRecordSet.None;
    }

    /// <summary>Where a name server is reached; none where its host has no address.</summary>
    internal async Task<IReadOnlyList<IPEndPoint>> LocateAsync(string host, CancellationToken ct) =>
        _options.LocateNameServer?.Invoke(host) ?? [.. (await GetAddressesAsync(host, ct)).Select(a => new IPEndPoint(a, 53))];

    /// <summary>The resolvers that look-ups go to.</summary>
    internal Task<IReadOnlyList<ResolverEndpoint>> GetResolversAsync(CancellationToken ct) => _endpoints.GetAsync(ct);

    /// <summary>Asks one server, once.</summary>
    internal Task<DnsResponse> AskServerAsync(IPEndPoint server, string name, QueryType type, bool recursive, CancellationToken ct) =>
        _exchange.AskAsync(server, Question(name, type), recursive, ct);

    private static IEnumerable<string> TreeUp(string name)
    {
        for (var rest = name; rest.Length > 0; rest = rest.IndexOf('.') is >= 0 and var dot ? rest[(dot + 1)..] : string.Empty)
        {
            yield return rest;
        }
    }

    private async Task<DnsResponse> AskAsync(string name, QueryType type, CancellationToken ct)
    {
        var answer = await TryAskAsync(name, type, ct);
        return answer.IsConclusive ? answer : throw Failure(name, type, answer);
    }

    // The first conclusive answer; else what each server said, as a failure where one at least said something.
    private async Task<DnsResponse> TryAskAsync(string name, QueryType type, CancellationToken ct)
    {
        var question = Question(name, type);
        var servers = await _endpoints.GetAsync(ct);
        var outcome = DnsOutcome.Silent;
        var said = new Dictionary<ResolverEndpoint, string>();
        for (var attempt = 0; attempt < _options.Attempts; attempt++)
        {
            foreach (var server in servers)
            {
                var answer = await _exchange.AskAsync(server.Address, question, recursive: true, ct);
                if (answer.IsConclusive)
                {
                    return answer;
                }

                outcome = answer.Outcome == DnsOutcome.Failed ? DnsOutcome.Failed : outcome;
                said[server] = answer.Reason;
            }
        }

        return new DnsResponse(outcome, string.Join(", ", said.Select(s => $"{s.Key.Server}: {s.Value}").Distinct()), false, []);
    }

    private static DnsQuestion Question(string name, QueryType type)
    {
        try
        {
            return new DnsQuestion(name, type);
        }
        catch (ArgumentException e)
        {
            throw new EngineException(ErrorCode.DnsLookupFailed, EngineErrorKind.InvalidData, $"'{name}' can't be looked up in the DNS: {e.Message}", name, e) { Remedy = "Check how the name is written." };
        }
    }

    private static string Said(DnsResponse answer) => answer.Outcome == DnsOutcome.NoSuchName ? answer.Reason : "there is no NS record";

    private static EngineException NoZone(string message, string name) => new(ErrorCode.DnsZoneNotFound, EngineErrorKind.NotFound, message, name);

    private static EngineException Loop(List<string> chain) => new(
        ErrorCode.DnsCnameLoop,
        EngineErrorKind.InvalidState,
        $"The CNAME records of '{chain[0]}' lead nowhere: {string.Join(" -> ", chain)}. Correct them at the DNS provider.",
        chain[0]);

    private static EngineException Failure(string name, QueryType type, DnsResponse answer) => answer.Outcome == DnsOutcome.Silent
        ? new EngineException(
            ErrorCode.DnsServerUnreachable,
            EngineErrorKind.TimedOut,
            $"No DNS server answered when asked for {type} of '{name}'. {answer.Reason}. Check the network and that port 53 is open for UDP and TCP, or name other servers with -DnsServer or CONVOXSSL_DNS_SERVERS.",
            name)
        : new EngineException(
            ErrorCode.DnsLookupFailed,
            EngineErrorKind.InvalidState,
            $"{type} of '{name}' can't be looked up. {answer.Reason}. Check that the name servers of its zone work and that its DNSSEC is in order, or name other resolvers with -DnsServer.",
            name);
}
