using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>Reads the TXT record sets of many names in few requests.</summary>
internal sealed class RecordSetReader(Route53Client api)
{
    private const int MaxPageSize = 300;

    /// <summary>Gets the record set at each name, or the reason why it cannot be edited.</summary>
    /// <param name="zoneId">The zone.</param>
    /// <param name="names">The plain names.</param>
    /// <param name="onePerRequest">True to read each name with a request of its own, independent of the order of pages.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<IReadOnlyDictionary<string, CurrentSet>> ReadAsync(
        string zoneId, IEnumerable<string> names, bool onePerRequest, CancellationToken ct)
    {
        var found = new Dictionary<string, CurrentSet>(StringComparer.Ordinal);
        var remaining = names.Distinct(StringComparer.Ordinal).OrderBy(RecordName.ToSortKey, StringComparer.Ordinal).ToList();
        while (remaining.Count > 0)
        {
            var first = remaining[0];
            var size = onePerRequest || remaining.Count == 1 ? 1 : MaxPageSize;
            var page = await api.ListResourceRecordSetsAsync(zoneId, new RecordSetStart(RecordName.Escape(first), "TXT", size), ct);
            var sets = page.Sets.Where(set => set.Type == "TXT").ToLookup(set => RecordName.Unescape(set.Name));
            foreach (var name in remaining.Where(name => name == first || sets.Contains(name) || IsPassed(first, name, page)))
            {
                found[name] = Describe(name, sets[name].FirstOrDefault());
            }

            remaining.RemoveAll(found.ContainsKey);
        }

        return found;
    }

    // A name that is not on the page does not exist if the page begins before it and continues after it.
    private static bool IsPassed(string first, string name, RecordSetPage page) =>
        RecordName.IsBefore(first, name) && (page.NextName is null || RecordName.IsBefore(name, RecordName.Unescape(page.NextName)));

    private static CurrentSet Describe(string name, RecordSet? set) => new(set, set switch
    {
        { IsAlias: true } => NotEditable(name, "is an alias of another resource"),
        { SetIdentifier: not null } => NotEditable(name, "has a routing policy such as weighted or latency"),
        _ => null,
    });

    private static EngineException NotEditable(string name, string reason) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidState,
        $"The TXT record set at {name} {reason}, and no value can be added to it safely.",
        name)
    {
        Remedy = $"Replace it with a simple record set, or point a CNAME at {name} to a name that has no record set.",
    };
}

/// <summary>The state of a name.</summary>
/// <param name="Set">The record set; null if there is none.</param>
/// <param name="Obstacle">The reason why it cannot be edited; null if it can.</param>
internal sealed record CurrentSet(RecordSet? Set, EngineException? Obstacle);
