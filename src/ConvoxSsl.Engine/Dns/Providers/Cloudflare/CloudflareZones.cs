namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Finds and caches the zone of a name (<see href="https://developers.cloudflare.com/api/resources/zones/methods/list/"/>).
/// One request returns the zones that end with the name's last two labels, however many zones the account has. If they are more
/// than a page, or the API does not know that filter, each parent of the name is requested. For names of several domains, one
/// request returns all zones of an account that has no more than a page of them.
/// </summary>
internal sealed class CloudflareZones(CloudflareHttp http) : IDisposable
{
    // The maximum of the API.
    private const int PerPage = 50;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, CloudflareZone?> _zones = new(StringComparer.OrdinalIgnoreCase);

    // By domain; true if all its zones are known.
    private readonly Dictionary<string, bool> _listed = new(StringComparer.OrdinalIgnoreCase);

    // Null until the zones of the account were requested.
    private bool? _hasAll;

    /// <summary>Gets the zones of many names in as few requests as possible, for the searches that follow.</summary>
    /// <exception cref="CloudflareException">The request failed.</exception>
    public async Task LoadAsync(IEnumerable<string> names, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var domains = names.Select(GetDomain).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase);
            if (_hasAll is null && domains.Count(d => !_listed.ContainsKey(d)) > 1)
            {
                _hasAll = await AddZonesAsync("/zones", null, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds the zone with the longest matching name.</summary>
    /// <exception cref="CloudflareException">There is no such zone, or it is not active.</exception>
    public async Task<CloudflareZone> FindAsync(string name, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var zone = await FindLongestAsync(name, ct).ConfigureAwait(false);
            if (zone is { Status: "active" })
            {
                return zone;
            }

            // The user may correct it before the next request.
            _zones.Clear();
            _listed.Clear();
            _hasAll = null;
            throw zone is null
                ? CloudflareErrors.ZoneNotFound(name, http.Credential)
                : CloudflareErrors.ZoneNotActive(zone.Name, zone.Status);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<CloudflareZone?> FindLongestAsync(string name, CancellationToken ct)
    {
        if (_hasAll == true && FindKnown(name) is { } known)
        {
            return known;
        }

        if (_hasAll != true && GetDomain(name) is { } domain)
        {
            if (!_listed.TryGetValue(domain, out var isComplete))
            {
                _listed[domain] = isComplete = await ListAsync(domain, ct).ConfigureAwait(false);
            }

            if (isComplete)
            {
                return FindKnown(name);
            }
        }

        foreach (var parent in Parents(name))
        {
            if (!_zones.TryGetValue(parent, out var zone))
            {
                zone = await FindByNameAsync(parent, parent, ct).ConfigureAwait(false);
                if (zone is null && InternationalName.ToUnicode(parent) is { } unicode)
                {
                    zone = await FindByNameAsync(parent, unicode, ct).ConfigureAwait(false);
                }

                _zones[parent] = zone;
            }

            if (zone is not null)
            {
                return zone;
            }
        }

        return null;
    }

    private async Task<bool> ListAsync(string domain, CancellationToken ct)
    {
        try
        {
            return await AddZonesAsync($"/zones?name={Uri.EscapeDataString("ends_with:" + domain)}", domain, ct).ConfigureAwait(false);
        }
        catch (CloudflareException e) when (e.Status == 400 && e.Kind != EngineErrorKind.Denied)
        {
            return false;
        }
    }

    // Returns true if the response contains all zones. An empty one shows nothing: the API may not know the filter, and may have the
    // zone's name in Unicode.
    private async Task<bool> AddZonesAsync(string path, string? subject, CancellationToken ct)
    {
        var request = new CloudflareRequest(HttpMethod.Get, path, CloudflarePermission.ZoneRead, subject);
        var page = await http.GetPageAsync(request, 1, PerPage, ct).ConfigureAwait(false);
        var zones = page.Items.Select(CloudflareZone.Parse).ToList();
        if (!page.IsLast || zones.Count == 0)
        {
            return false;
        }

        foreach (var group in zones.GroupBy(z => z.Name, StringComparer.OrdinalIgnoreCase))
        {
            _zones[group.Key] = SelectBest(group);
        }

        return true;
    }

    private CloudflareZone? FindKnown(string name) =>
        Parents(name).Select(p => _zones.GetValueOrDefault(p)).FirstOrDefault(z => z is not null);

    private async Task<CloudflareZone?> FindByNameAsync(string name, string form, CancellationToken ct)
    {
        var path = $"/zones?name={Uri.EscapeDataString(form)}";
        var request = new CloudflareRequest(HttpMethod.Get, path, CloudflarePermission.ZoneRead, name);
        CloudflareZone? best = null;
        for (var number = 1; ; number++)
        {
            var page = await http.GetPageAsync(request, number, PerPage, ct).ConfigureAwait(false);
            var zones = page.Items.Select(CloudflareZone.Parse).Where(z => z.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            best = SelectBest(best is null ? zones : zones.Prepend(best));
            if (page.IsLast || best is { Status: "active" })
            {
                return best;
            }
        }
    }

    // Several accounts can have a zone of the same name; at most one of them is active.
    private static CloudflareZone? SelectBest(IEnumerable<CloudflareZone> zones) =>
        zones.OrderBy(z => z.Status == "active" ? 0 : 1).FirstOrDefault();

    private static string? GetDomain(string name) => Parents(name).LastOrDefault();

    // A zone of one label cannot be registered.
    private static IEnumerable<string> Parents(string name)
    {
        for (var rest = name; rest.Contains('.'); rest = rest[(rest.IndexOf('.') + 1)..])
        {
            yield return rest;
        }
    }
}
