using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>Reads the TXT record sets of many names in few calls.</summary>
internal sealed class RecordSetReader(IRoute53Api api)
{
    private const int LargestPage = 300;

    /// <summary>What is at each name, or why it cannot be edited.</summary>
    /// <param name="zoneId">The zone.</param>
    /// <param name="names">The plain names.</param>
    /// <param name="onePerCall">Asks for each name by itself, so that nothing depends on the order of pages.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<string, CurrentSet>> ReadAsync(string zoneId, IEnumerable<string> names, bool onePerCall, CancellationToken ct)
    {
        var found = new Dictionary<string, CurrentSet>(StringComparer.Ordinal);
        var left = names.Distinct(StringComparer.Ordinal).OrderBy(RecordName.SortKey, StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var first = left[0];
            var size = onePerCall || left.Count == 1 ? 1 : LargestPage;
            var page = await api.ListResourceRecordSetsAsync(zoneId, new RecordSetStart(RecordName.Escape(first), "TXT", size), ct);
            var sets = page.Sets.Where(set => set.Type == "TXT").ToLookup(set => RecordName.Unescape(set.Name));
            foreach (var name in left.Where(name => name == first || sets.Contains(name) || IsPassed(first, name, page)))
            {
                found[name] = Current(name, sets[name].FirstOrDefault());
            }

            left.RemoveAll(found.ContainsKey);
        }

        return found;
    }

    // A name that is not in the page does not exist where the page begins before it and goes on after it.
    private static bool IsPassed(string first, string name, RecordSetPage page) =>
        RecordName.IsBefore(first, name) && (page.NextName is null || RecordName.IsBefore(name, RecordName.Unescape(page.NextName)));

    private static CurrentSet Current(string name, RecordSet? set) => new(set, set switch
    {
        { IsAlias: true } => Unusable(name, "is an alias of another resource"),
        { SetIdentifier: not null } => Unusable(name, "has a routing policy such as weighted or latency"),
        _ => null,
    });

    private static EngineException Unusable(string name, string what) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidState,
        $"The TXT record set at {name} {what}, and no value can be added to it safely. Replace it by a simple record set, or let a CNAME at {name} point to a name that has none.",
        name);
}

/// <summary>What is at a name.</summary>
/// <param name="Set">The record set; null for none.</param>
/// <param name="Obstacle">Why it cannot be edited; null where it can.</param>
internal sealed record CurrentSet(RecordSet? Set, EngineException? Obstacle);
