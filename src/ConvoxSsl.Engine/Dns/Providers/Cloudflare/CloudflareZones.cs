namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Finds the zone of a name and caches it (<see href="https://developers.cloudflare.com/api/resources/zones/methods/list/"/>).
/// The zones of most accounts fit on a few pages; otherwise each parent of the name is requested.
/// </summary>
internal sealed class CloudflareZones(CloudflareHttp http) : IDisposable
{
    // The maximum of the API.
    private const int PerPage = 50;

    // If an account has more, its zones are requested by name, two or three requests for each.
    private const int MaxPages = 4;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, CloudflareZone?> _zones = new(StringComparer.OrdinalIgnoreCase);
    private bool _isListed;
    private bool _isComplete;

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
            (_isListed, _isComplete) = (false, false);
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
        if (!_isListed)
        {
            await ListAsync(ct).ConfigureAwait(false);
        }

        if (_isComplete && Parents(name).Select(p => _zones.GetValueOrDefault(p)).FirstOrDefault(z => z is not null) is { } listed)
        {
            return listed;
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

    private async Task ListAsync(CancellationToken ct)
    {
        var request = new CloudflareRequest(HttpMethod.Get, "/zones", CloudflarePermission.ZoneRead, null);
        var all = new List<CloudflareZone>();
        for (var number = 1; number <= MaxPages && !_isComplete; number++)
        {
            var page = await http.GetPageAsync(request, number, PerPage, ct).ConfigureAwait(false);
            if (page.Total > MaxPages * PerPage)
            {
                break;
            }

            all.AddRange(page.Items.Select(CloudflareZone.Parse));
            _isComplete = page.IsLast;
        }

        _isListed = true;
        foreach (var zones in all.GroupBy(z => z.Name).Where(_ => _isComplete))
        {
            _zones[zones.Key] = SelectBest(zones);
        }
    }

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

    // A zone of one label cannot be registered.
    private static IEnumerable<string> Parents(string name)
    {
        for (var rest = name; rest.Contains('.'); rest = rest[(rest.IndexOf('.') + 1)..])
        {
            yield return rest;
        }
    }
}
