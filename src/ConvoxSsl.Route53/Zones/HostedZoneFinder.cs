using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Api;
using ConvoxSsl.Route53.Records;

namespace ConvoxSsl.Route53.Zones;

/// <summary>Finds the hosted zone of a name: the configured one, or the public one with the longest matching name.</summary>
/// <param name="api">The API.</param>
/// <param name="zoneId">The configured zone; null to find it by name.</param>
/// <param name="nameServers">Looks up a zone's name servers in the DNS.</param>
internal sealed class HostedZoneFinder(
    Route53Client api, string? zoneId, Func<string, CancellationToken, Task<IReadOnlyList<string>>> nameServers) : IDisposable
{
    // Pages of a hundred zones of one domain: no account has as many.
    private const int MaxPages = 100;

    private readonly string? _zoneId = zoneId is null ? null : Route53Xml.TrimId(zoneId);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _detailsGate = new(1);

    // AWS allows an account five requests a second. A denied request would be denied again.
    private readonly Dictionary<string, (HostedZone? Zone, EngineException? Denial)> _details = new(StringComparer.Ordinal);
    private EngineException? _listDenial;

    // By the listed domain: the names of an order share their domain, so one listing is enough for all of them.
    private readonly Dictionary<string, IReadOnlyList<HostedZone>> _listed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostedZone> _chosen = new(StringComparer.Ordinal);

    /// <summary>
    /// Gets the id of the zone that contains a name. A configured zone is not requested, because writing does not need the
    /// permission to read it.
    /// </summary>
    public async Task<string> FindIdAsync(string name, CancellationToken ct) => _zoneId ?? (await FindByNameAsync(name, ct)).Id;

    /// <summary>Gets the zone that contains a name; its name servers are included only if the zone was requested by its id.</summary>
    public async Task<HostedZone> FindAsync(string name, CancellationToken ct)
    {
        if (_zoneId is null)
        {
            return await FindByNameAsync(name, ct);
        }

        var zone = await GetAsync(_zoneId, ct);
        return RecordName.IsWithin(name, RecordName.Unescape(zone.Name)) ? zone : throw new EngineException(
            ErrorCode.DnsZoneNotFound,
            EngineErrorKind.NotFound,
            $"The hosted zone {_zoneId} is {RecordName.Unescape(zone.Name)}, which does not contain {name}.",
            name)
        {
            Remedy = $"Give the solver the zone of {name}, or no zone, so that it is found by name.",
        };
    }

    /// <summary>Gets a zone with its name servers. Each zone is requested once, even if the request is denied.</summary>
    public async Task<HostedZone> GetAsync(string id, CancellationToken ct)
    {
        await _detailsGate.WaitAsync(ct);
        try
        {
            if (!_details.TryGetValue(id, out var details))
            {
                try
                {
                    details = (await api.GetHostedZoneAsync(id, ct), null);
                }
                catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing)
                {
                    details = (null, e);
                }

                _details[id] = details;
            }

            return details.Zone ?? throw Repeat(details.Denial!);
        }
        finally
        {
            _detailsGate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Dispose();
        _detailsGate.Dispose();
    }

    private async Task<HostedZone> FindByNameAsync(string name, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var labels = name.Split('.');

            // A zone of a single label is rare, so it is the last attempt; it would be first in its listing.
            foreach (var length in labels.Length > 1 ? new[] { 2, 1 } : [1])
            {
                var matches = await FindMatchesAsync(name, string.Join('.', labels[^length..]), ct);
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
            $"Cannot find a public hosted zone for {name} in the account.",
            name)
        {
            Remedy = new Remedy("DnsZoneNotFound.ByName"),
        };
    }

    private async Task<IReadOnlyList<HostedZone>> FindMatchesAsync(string name, string domain, CancellationToken ct)
    {
        if (!_listed.TryGetValue(domain, out var zones))
        {
            if (_listDenial is { } denial)
            {
                throw Repeat(denial);
            }

            try
            {
                zones = await ListAsync(domain, onlyFirstPage: !domain.Contains('.', StringComparison.Ordinal), ct);
            }
            catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing)
            {
                _listDenial = e;
                throw;
            }

            if (zones.Count > 0)
            {
                _listed[domain] = zones;
            }
        }

        var matches = zones.Where(zone => !zone.IsPrivate && RecordName.IsWithin(name, RecordName.Unescape(zone.Name))).ToArray();
        return [.. matches.Where(zone => zone.Name.Length == matches.Max(match => match.Name.Length))];
    }

    // The API lists from a name onward: first the domain's own zones, then those below it, then unrelated ones.
    private async Task<IReadOnlyList<HostedZone>> ListAsync(string domain, bool onlyFirstPage, CancellationToken ct)
    {
        var zones = new List<HostedZone>();
        HostedZoneStart? next = new(RecordName.Escape(domain));
        for (var pages = 1; next is not null; pages++)
        {
            if (pages > MaxPages)
            {
                throw AwsFailure.Malformed(
                    new AwsAction("route53:ListHostedZonesByName", "*"), $"The list has more than {MaxPages} pages.");
            }

            var page = await api.ListHostedZonesByNameAsync(next, ct);
            var related = page.Zones.Where(zone => RecordName.IsWithin(RecordName.Unescape(zone.Name), domain)).ToArray();
            zones.AddRange(related);
            next = related.Length == page.Zones.Count && !onlyFirstPage ? page.Next : null;
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
            var details = await GetAsync(zone.Id, ct);
            if (details.NameServers.Any(delegated.Contains))
            {
                matches.Add(details);
            }
        }

        return matches.Count == 1 ? _chosen[name] = matches[0] : throw Ambiguous(name, zones, delegated);
    }

    private static EngineException Repeat(EngineException denial) =>
        new(ErrorCode.DnsPermissionMissing, denial.Kind, denial.Message, denial.Value, denial) { Remedy = denial.Remedy };

    private static EngineException Ambiguous(string name, IReadOnlyList<HostedZone> zones, HashSet<string> delegated) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.InvalidState,
        $"There are {zones.Count} public hosted zones {name}: {string.Join(", ", zones.Select(zone => zone.Id))}. "
            + "The DNS does not show which one is in use: "
            + (delegated.Count == 0
                ? $"cannot find the name servers of {name}."
                : $"it lists {string.Join(", ", delegated.Order(StringComparer.Ordinal))}."),
        name)
    {
        Remedy = new Remedy("DnsZoneNotFound.Ambiguous"),
    };
}
