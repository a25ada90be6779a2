using System.Collections.Concurrent;
using System.Net;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>A name with its required values and its zone at the provider.</summary>
internal sealed record ZoneName(string Name, IReadOnlyList<string> Values, DnsZone? Zone);

/// <summary>
/// The records that each server has. A server that returned the values of a name is not queried for it again.
/// </summary>
internal sealed class PropagationState(DnsResolver resolver, DnsPropagationOptions options, IReadOnlyList<ZoneName> names)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _serversOf = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<IPEndPoint>> _addressesOf = new();
    private readonly ConcurrentDictionary<(string Server, string Name), bool> _agreed = new();

    /// <summary>Runs one round: queries all servers that have not returned their records yet.</summary>
    public async Task<PropagationProgress> QueryAsync(CancellationToken ct)
    {
        var missing = new ConcurrentBag<MissingRecord>();
        var queries = new ConcurrentBag<(string Server, ZoneName Name)>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = ct };
        await Parallel.ForEachAsync(names, parallel, async (name, token) =>
        {
            var found = await TryAsync(async () =>
            {
                foreach (var server in await FindServersAsync(name, token))
                {
                    queries.Add((server, name));
                }

                return null;
            });
            AddReason(missing, name.Zone?.Name ?? "its zone's servers", name.Name, found);
        });

        // Detect unreachable servers once per round, not once for each of their names.
        var unreachable = new ConcurrentDictionary<string, string>();
        var newServers = queries.Select(q => q.Server).Distinct().Where(s => !_addressesOf.ContainsKey(s));
        await Parallel.ForEachAsync(newServers, parallel, async (server, token) =>
        {
            if (await TryAsync(() => FindAddressesAsync(server, token)) is { } reason)
            {
                unreachable[server] = reason;
            }
        });
        await Parallel.ForEachAsync(queries.Where(q => !_agreed.ContainsKey((q.Server, q.Name.Name))), parallel, async (question, token) =>
            AddReason(missing, question.Server, question.Name.Name, await QueryAsync(question.Server, question.Name, unreachable, token)));
        return Summarize([.. queries.Select(q => q.Server).Distinct()], missing);
    }

    private static PropagationProgress Summarize(IReadOnlyList<string> asked, ConcurrentBag<MissingRecord> missing)
    {
        var behind = missing.Select(m => m.Server).Distinct().ToList();
        var servers = asked.Union(behind).Count();
        return new PropagationProgress(
            servers - behind.Count,
            servers,
            [.. missing.OrderBy(m => m.Server, StringComparer.Ordinal).ThenBy(m => m.Name, StringComparer.Ordinal)]);
    }

    private static void AddReason(ConcurrentBag<MissingRecord> missing, string server, string name, string? reason)
    {
        if (reason is not null)
        {
            missing.Add(new MissingRecord(server, name, reason));
        }
    }

    // A failed look-up is not final either: resolvers have transient failures too.
    private static async Task<string?> TryAsync(Func<Task<string?>> lookUp)
    {
        try
        {
            return await lookUp();
        }
        catch (EngineException e)
        {
            return e.Message;
        }
    }

    private async Task<IReadOnlyList<string>> FindServersAsync(ZoneName name, CancellationToken ct)
    {
        if (_serversOf.TryGetValue(name.Name, out var cached))
        {
            return cached;
        }

        IReadOnlyList<string> servers = options.UseResolvers
            ? await FindResolversAsync(ct)
            : name.Zone is { NameServers: { Count: > 0 } listed }
                ? [.. listed.Select(DnsResponse.Normalize).Distinct()]
                : await resolver.GetNameServersAsync(name.Zone?.Name ?? await resolver.FindZoneAsync(name.Name, ct), ct);
        return _serversOf[name.Name] = servers;
    }

    private async Task<IReadOnlyList<string>> FindResolversAsync(CancellationToken ct)
    {
        var byServer = (await resolver.GetResolversAsync(ct)).GroupBy(r => r.Server.ToString(), r => r.Address);
        return [.. byServer.Select(g =>
        {
            _addressesOf[g.Key] = [.. g];
            return g.Key;
        })];
    }

    // Returns null if the address was found.
    private async Task<string?> FindAddressesAsync(string server, CancellationToken ct)
    {
        var addresses = await resolver.FindAddressesAsync(server, ct);
        if (addresses.Count == 0)
        {
            return "the host has no address";
        }

        _addressesOf[server] = addresses;
        return null;
    }

    // Returns null if the server has all values; otherwise the reason.
    private async Task<string?> QueryAsync(
        string server, ZoneName name, ConcurrentDictionary<string, string> unreachable, CancellationToken ct)
    {
        if (unreachable.TryGetValue(server, out var failure))
        {
            return failure;
        }

        var failures = new List<string>();
        foreach (var address in _addressesOf[server])
        {
            var response = await resolver.QueryServerAsync(address, name.Name, QueryType.TXT, options.UseResolvers, ct);
            if (response.Outcome != DnsOutcome.NoResponse)
            {
                var reason = Evaluate(response, name);
                _ = reason is null && _agreed.TryAdd((server, name.Name), true);
                return reason;
            }

            failures.Add($"{response.Reason} from {address}");
        }

        return unreachable[server] = string.Join(", ", failures);
    }

    private string? Evaluate(DnsResponse response, ZoneName name)
    {
        var values = response.TxtValues();
        var missing = name.Values.Count(v => !values.Contains(v));
        return (missing, response) switch
        {
            (0, { Outcome: DnsOutcome.Answered }) => null,
            (_, { Outcome: not DnsOutcome.Answered }) => response.Reason,
            (_, { IsAuthoritative: false }) when !options.UseResolvers => "the server is not authoritative for the zone",
            _ when response.AliasOf(name.Name) is { } target => $"the name is an alias of {target}",
            _ => $"{missing} of {name.Values.Count} values missing",
        };
    }
}
