using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.Route53.Records;

namespace ConvoxSsl.Route53.Zones;

/// <summary>Finds the hosted zone of a name: the solver's own, or the public one of the longest name.</summary>
/// <param name="api">The API.</param>
/// <param name="zoneId">The solver's zone; null to find it by name.</param>
/// <param name="nameServers">Looks the name servers of a name up in DNS.</param>
internal sealed class HostedZoneFinder(
    IRoute53Api api, string? zoneId, Func<string, CancellationToken, Task<IReadOnlyList<string>>> nameServers) : IDisposable
{
    // Of a hundred zones each, and of one domain: no account has as many.
    private const int MostPages = 100;

    private readonly string? _zoneId = zoneId is null ? null : Route53Xml.BareId(zoneId);
    private readonly SemaphoreSlim _gate = new(1);

    // By the domain that was listed: names of one order share their domain, and one listing answers for all of them.
    private readonly Dictionary<string, IReadOnlyList<HostedZone>> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostedZone> _chosen = new(StringComparer.Ordinal);

    /// <summary>The id of the zone that a name is written to. A given zone is not asked for: the permission to read it is not needed to write.</summary>
    public async Task<string> FindIdAsync(string name, CancellationToken ct) => _zoneId ?? (await FindByNameAsync(name, ct)).Id;

    /// <summary>The zone that a name is written to; its name servers are there only where it was asked for.</summary>
    public async Task<HostedZone> FindAsync(string name, CancellationToken ct)
    {
        if (_zoneId is null)
        {
            return await FindByNameAsync(name, ct);
        }

        var zone = await api.GetHostedZoneAsync(_zoneId, ct);
        return RecordName.IsWithin(name, RecordName.Unescape(zone.Name)) ? zone : throw new EngineException(
            ErrorCode.DnsZoneNotFound,
            EngineErrorKind.NotFound,
            $"The hosted zone {_zoneId} is {RecordName.Unescape(zone.Name)}, and {name} is not in it. Give the solver the zone of {name}, or none, so that it is found by name.",
            name);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<HostedZone> FindByNameAsync(string name, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var labels = name.Split('.');

            // A zone of a single label is rare, so that it is looked for last; it would come first in its listing.
            foreach (var length in labels.Length > 1 ? new[] { 2, 1 } : [1])
            {
                var matches = await MatchesAsync(name, string.Join('.', labels[^length..]), ct);
                if (matches.Count > 0)
                {
                    return await ChooseAsync(matches, ct);
                }
            }
        }
        finally
        {
            _gate.Release();
        }

        throw new EngineException(
            ErrorCode.DnsZoneNotFound,
            EngineErrorKind.NotFound,
            $"No public hosted zone of the account holds {name}. Create one, use the credentials or the role of the account that has it, or give its id with -HostedZoneId.",
            name);
    }

    private async Task<IReadOnlyList<HostedZone>> MatchesAsync(string name, string domain, CancellationToken ct)
    {
        if (!_listed.TryGetValue(domain, out var zones))
        {
            zones = await ListAsync(domain, onlyFirstPage: !domain.Contains('.', StringComparison.Ordinal), ct);
            if (zones.Count > 0)
            {
                _listed[domain] = zones;
            }
        }

        var matches = zones.Where(zone => !zone.IsPrivate && RecordName.IsWithin(name, RecordName.Unescape(zone.Name))).ToArray();
        return [.. matches.Where(zone => zone.Name.Length == matches.Max(match => match.Name.Length))];
    }

    // The API lists from a name onward: the domain's own zones come first, then those below it, then strangers.
    private async Task<IReadOnlyList<HostedZone>> ListAsync(string domain, bool onlyFirstPage, CancellationToken ct)
    {
        var zones = new List<HostedZone>();
        HostedZoneStart? next = new(RecordName.Escape(domain));
        for (var pages = 1; next is not null; pages++)
        {
            if (pages > MostPages)
            {
                throw AwsFailure.Malformed(new AwsAction("route53:ListHostedZonesByName", "*"), $"The list has more than {MostPages} pages.");
            }

            var page = await api.ListHostedZonesByNameAsync(next, ct);
            var mine = page.Zones.Where(zone => RecordName.IsWithin(RecordName.Unescape(zone.Name), domain)).ToArray();
            zones.AddRange(mine);
            next = mine.Length == page.Zones.Count && !onlyFirstPage ? page.Next : null;
        }

        return zones;
    }

    private async Task<HostedZone> ChooseAsync(IReadOnlyList<HostedZone> zones, CancellationToken ct)
    {
        var name = RecordName.Unescape(zones[0].Name);
        if (zones.Count == 1)
        {
            return zones[0];
        }

        if (_chosen.TryGetValue(name, out var chosen))
        {
            return chosen;
        }

        var delegated = (await nameServers(name, ct)).Select(RecordName.Unescape).ToHashSet(StringComparer.Ordinal);
        var matches = new List<HostedZone>();
        foreach (var zone in zones)
        {
            var whole = await api.GetHostedZoneAsync(zone.Id, ct);
            if (whole.NameServers.Any(delegated.Contains))
            {
                matches.Add(whole);
            }
        }

        return matches.Count == 1 ? _chosen[name] = matches[0] : throw Ambiguous(name, zones, delegated);
    }

    private static EngineException Ambiguous(string name, IReadOnlyList<HostedZone> zones, HashSet<string> delegated) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.InvalidState,
        $"There are {zones.Count} public hosted zones {name}: {string.Join(", ", zones.Select(zone => zone.Id))}, and DNS does not tell which of them is in use "
            + $"({(delegated.Count == 0 ? "the name servers of " + name + " were not found" : "it names " + string.Join(", ", delegated.Order(StringComparer.Ordinal)))}). Give the one to use with -HostedZoneId.",
        name);
}
