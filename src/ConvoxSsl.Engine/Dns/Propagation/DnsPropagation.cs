using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;

namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>
/// Waits until every authoritative server of the zones has the records. A CA looks from several places at once
/// (RFC 8555 section 8.4 leaves it to the client to be ready) and a failed challenge is final, so that one server
/// that has them is not enough.
/// </summary>
/// <param name="resolver">Finds zones, name servers and their addresses.</param>
/// <param name="options">How it asks, and for how long.</param>
/// <param name="time">The clock that it waits by.</param>
public sealed class DnsPropagation(DnsResolver resolver, DnsPropagationOptions options, TimeProvider time)
{
    /// <summary>Asks until all servers agree.</summary>
    /// <param name="records">The records; their names are not aliases.</param>
    /// <param name="zones">
    /// The zones as the provider knows them. The name servers of one that tells none, and the zone of a record that
    /// lies in none of them, are looked up.
    /// </param>
    /// <param name="progress">Told after every round.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>DnsNotPropagated</c>: time is up; names the servers and what they said.</exception>
    public async Task WaitAsync(
        IReadOnlyList<TxtRecord> records, IReadOnlyList<DnsZone> zones, IProgress<PropagationProgress>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(zones);
        var state = new PropagationState(resolver, options, Group(records, zones));
        var begin = time.GetTimestamp();
        for (var interval = options.Interval; ; interval = Min(interval * 1.5, options.MaxInterval))
        {
            var now = await state.AskAsync(ct);

            // Not by the time of day, which can be set while this waits.
            var left = options.Limit - time.GetElapsedTime(begin);
            progress?.Report(now with { Left = left });
            if (now.Missing.Count == 0)
            {
                return;
            }

            if (left <= TimeSpan.Zero)
            {
                throw TimeIsUp(now);
            }

            // The last wait is shortened, so that the last round is at the limit.
            await Task.Delay(Min(interval, left), time, ct);
        }
    }

    // By name, because one query shows all values of a name; each name with the longest zone that it lies in.
    private static List<ZoneName> Group(IReadOnlyList<TxtRecord> records, IReadOnlyList<DnsZone> zones) =>
    [
        .. records
            .GroupBy(r => DnsResponse.Normalize(r.Name), r => r.Value)
            .Select(g => new ZoneName(g.Key, [.. g.Distinct()], zones.Where(z => Contains(z.Name, g.Key)).MaxBy(z => z.Name.Length))),
    ];

    private static bool Contains(string zone, string name) =>
        DnsResponse.Normalize(zone) is var apex && (name == apex || name.EndsWith("." + apex, StringComparison.Ordinal));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private EngineException TimeIsUp(PropagationProgress last) => new(
        ErrorCode.DnsNotPropagated,
        EngineErrorKind.TimedOut,
        $"After {options.Limit} {last.Agreed} of {last.Asked} DNS servers have the TXT records. {string.Join("; ", last.Missing)}. "
            + "Check that the zone is delegated to these servers and that they are in step, give it more time with -PropagationTimeout, "
            + "or use -SkipPropagationCheck where they can't be reached from here.",
        last.Missing[0].Name);
}
