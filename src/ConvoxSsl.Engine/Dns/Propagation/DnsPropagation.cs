using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;

namespace ConvoxSsl.Engine.Dns.Propagation;

/// <summary>
/// Waits until every authoritative server of the zones has the records. A CA validates from several places and a failed
/// challenge is final (RFC 8555 section 8.4 leaves it to the client to be ready), so one server is not enough.
/// </summary>
/// <param name="resolver">Finds zones, name servers and their addresses.</param>
/// <param name="options">The timeouts and intervals.</param>
/// <param name="time">The clock.</param>
public sealed class DnsPropagation(DnsResolver resolver, DnsPropagationOptions options, TimeProvider time)
{
    /// <summary>Queries the servers until all agree.</summary>
    /// <param name="records">The records, at names that are not aliases.</param>
    /// <param name="zones">
    /// The zones at the provider. The name servers of a zone that lists none, and the zone of a record that is in none of them,
    /// are looked up.
    /// </param>
    /// <param name="progress">Receives the state after every round.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException">
    /// <c>DnsNotPropagated</c>: the timeout expired. The message names the servers with their last responses.
    /// </exception>
    public async Task WaitAsync(
        IReadOnlyList<TxtRecord> records, IReadOnlyList<DnsZone> zones, IProgress<PropagationProgress>? progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(zones);
        var state = new PropagationState(resolver, options, Group(records, zones));
        var begin = time.GetTimestamp();
        for (var interval = options.Interval; ; interval = Min(interval * 1.5, options.MaxInterval))
        {
            var current = await state.QueryAsync(ct);

            // A monotonic clock: the time of day can change meanwhile.
            var remaining = options.Limit - time.GetElapsedTime(begin);
            progress?.Report(current with { Left = remaining });
            if (current.Missing.Count == 0)
            {
                return;
            }

            if (remaining <= TimeSpan.Zero)
            {
                throw CreateTimeoutError(current);
            }

            // Shorten the last delay, so that the last round is at the limit.
            await Task.Delay(Min(interval, remaining), time, ct);
        }
    }

    // One query returns all values of a name. Each name gets the longest zone that contains it.
    private static List<ZoneName> Group(IReadOnlyList<TxtRecord> records, IReadOnlyList<DnsZone> zones) =>
    [
        .. records
            .GroupBy(r => DnsResponse.Normalize(r.Name), r => r.Value)
            .Select(g => new ZoneName(g.Key, [.. g.Distinct()], zones.Where(z => Contains(z.Name, g.Key)).MaxBy(z => z.Name.Length))),
    ];

    private static bool Contains(string zone, string name) =>
        DnsResponse.Normalize(zone) is var apex && (name == apex || name.EndsWith("." + apex, StringComparison.Ordinal));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private EngineException CreateTimeoutError(PropagationProgress last) => new(
        ErrorCode.DnsNotPropagated,
        EngineErrorKind.TimedOut,
        $"After {DurationText.Format(options.Limit)}, {last.Agreed} of {last.Asked} DNS servers have the TXT records. "
            + $"{string.Join("; ", last.Missing)}.",
        last.Missing[0].Name) { Remedy = new Remedy(ErrorCode.DnsNotPropagated) };
}
