using System.Collections.Concurrent;
using System.Net;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>A name, the values that it must have, and the zone that the provider puts it in.</summary>
internal sealed record ZoneName(string Name, IReadOnlyList<string> Values, DnsZone? Zone);

/// <summary>
/// Who has which records so far. A server that showed the values of a name is not asked for it again.
/// </summary>
internal sealed class PropagationState(DnsResolver resolver, DnsPropagationOptions options, IReadOnlyList<ZoneName> names)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _serversOf = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<IPEndPoint>> _addressesOf = new();
    private readonly ConcurrentDictionary<(string Server, string Name), bool> _agreed = new();

    /// <summary>One round: asks all who have not shown their records yet.</summary>
    public async Task<PropagationProgress> AskAsync(CancellationToken ct)
    {
        var missing = new ConcurrentBag<MissingRecord>();
        var questions = new ConcurrentBag<(string Server, ZoneName Name)>();
        var bound = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = ct };
        await Parallel.ForEachAsync(names, bound, async (name, token) =>
        {
            var found = await TryAsync(async () =>
            {
                foreach (var server in await ServersAsync(name, token))
                {
                    questions.Add((server, name));
                }

                return null;
            });
            Note(missing, name.Zone?.Name ?? "its zone's servers", name.Name, found);
        });

        // Servers out of reach: found out once a round, not once for each of their names.
        var lost = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(questions.Select(q => q.Server).Distinct().Where(s => !_addressesOf.ContainsKey(s)), bound, async (server, token) =>
        {
            if (await TryAsync(() => LocateAsync(server, token)) is { } trouble)
            {
                lost[server] = trouble;
            }
        });
        await Parallel.ForEachAsync(questions.Where(q => !_agreed.ContainsKey((q.Server, q.Name.Name))), bound, async (question, token) =>
            Note(missing, question.Server, question.Name.Name, await AskAsync(question.Server, question.Name, lost, token)));
        return Summarize([.. questions.Select(q => q.Server).Distinct()], missing);
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

    private static void Note(ConcurrentBag<MissingRecord> missing, string server, string name, string? reason)
    {
        if (reason is not null)
        {
            missing.Add(new MissingRecord(server, name, reason));
        }
    }

    // A look-up that fails is no reason to give up either: resolvers fail for a moment as well.
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

    private async Task<IReadOnlyList<string>> ServersAsync(ZoneName name, CancellationToken ct)
    {
        if (_serversOf.TryGetValue(name.Name, out var known))
        {
            return known;
        }

        IReadOnlyList<string> servers = options.AskResolvers
            ? await ResolversAsync(ct)
            : name.Zone is { NameServers: { Count: > 0 } told }
                ? [.. told.Select(DnsResponse.Normalize).Distinct()]
                : await resolver.GetNameServersAsync(name.Zone?.Name ?? await resolver.FindZoneAsync(name.Name, ct), ct);
        return _serversOf[name.Name] = servers;
    }

    private async Task<IReadOnlyList<string>> ResolversAsync(CancellationToken ct)
    {
        var byServer = (await resolver.GetResolversAsync(ct)).GroupBy(r => r.Server.ToString(), r => r.Address);
        return [.. byServer.Select(g =>
        {
            _addressesOf[g.Key] = [.. g];
            return g.Key;
        })];
    }

    // Null where it was found.
    private async Task<string?> LocateAsync(string server, CancellationToken ct)
    {
        var addresses = await resolver.LocateAsync(server, ct);
        if (addresses.Count == 0)
        {
            return "the host has no address";
        }

        _addressesOf[server] = addresses;
        return null;
    }

    // Null where the server has all values; else what it said.
    private async Task<string?> AskAsync(string server, ZoneName name, ConcurrentDictionary<string, string> lost, CancellationToken ct)
    {
        if (lost.TryGetValue(server, out var trouble))
        {
            return trouble;
        }

        var silence = new List<string>();
        foreach (var address in _addressesOf[server])
        {
            var answer = await resolver.AskServerAsync(address, name.Name, QueryType.TXT, options.AskResolvers, ct);
            if (answer.Outcome != DnsOutcome.Silent)
            {
                var reason = Judge(answer, name);
                _ = reason is null && _agreed.TryAdd((server, name.Name), true);
                return reason;
            }

            silence.Add($"{answer.Reason} from {address}");
        }

        return lost[server] = string.Join(", ", silence);
    }

    private string? Judge(DnsResponse answer, ZoneName name)
    {
        var values = answer.TxtValues();
        var lacking = name.Values.Count(v => !values.Contains(v));
        return (lacking, answer) switch
        {
            (0, { Outcome: DnsOutcome.Answered }) => null,
            (_, { Outcome: not DnsOutcome.Answered }) => answer.Reason,
            (_, { IsAuthoritative: false }) when !options.AskResolvers => "the server is not authoritative for the zone",
            _ when answer.AliasOf(name.Name) is { } target => $"the name is an alias of {target}",
            _ => $"{lacking} of {name.Values.Count} values missing",
        };
    }
}
