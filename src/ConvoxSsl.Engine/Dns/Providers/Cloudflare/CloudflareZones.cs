namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Finds the zone of a name and remembers it (<see href="https://developers.cloudflare.com/api/resources/zones/methods/list/"/>).
/// A few pages hold the zones of most accounts and answer for every name; else each parent of the name is asked for.
/// </summary>
internal sealed class CloudflareZones(CloudflareHttp http) : IDisposable
{
    // The API refuses more.
    private const int PerPage = 50;

    // An account with more is asked by name: two or three questions for each name.
    private const int MostPages = 4;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, CloudflareZone?> _known = new(StringComparer.OrdinalIgnoreCase);
    private bool _isListed;
    private bool _isComplete;

    /// <summary>The active zone whose name is the longest that the name ends with.</summary>
    /// <exception cref="CloudflareException">There is none, or the longest is not active.</exception>
    public async Task<CloudflareZone> FindAsync(string name, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var zone = await LongestAsync(name, ct).ConfigureAwait(false);
            if (zone is { Status: "active" })
            {
                return zone;
            }

            // It may be set right before the next question.
            _known.Clear();
            (_isListed, _isComplete) = (false, false);
            throw zone is null ? CloudflareErrors.ZoneNotFound(name, http.Credential) : CloudflareErrors.ZoneNotActive(zone.Name, zone.Status);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<CloudflareZone?> LongestAsync(string name, CancellationToken ct)
    {
        if (!_isListed)
        {
            await ListAsync(ct).ConfigureAwait(false);
        }

        if (_isComplete && Parents(name).Select(p => _known.GetValueOrDefault(p)).FirstOrDefault(z => z is not null) is { } listed)
        {
            return listed;
        }

        foreach (var parent in Parents(name))
        {
            if (!_known.TryGetValue(parent, out var zone))
            {
                zone = await AskAsync(parent, parent, ct).ConfigureAwait(false);
                if (zone is null && InternationalName.ToUnicode(parent) is { } unicode)
                {
                    zone = await AskAsync(parent, unicode, ct).ConfigureAwait(false);
                }

                _known[parent] = zone;
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
        for (var number = 1; number <= MostPages && !_isComplete; number++)
        {
            var page = await http.GetPageAsync(request, number, PerPage, ct).ConfigureAwait(false);
            if (page.Total > MostPages * PerPage)
            {
                break;
            }

            all.AddRange(page.Items.Select(CloudflareZone.Of));
            _isComplete = page.IsLast;
        }

        _isListed = true;
        foreach (var zones in all.GroupBy(z => z.Name).Where(_ => _isComplete))
        {
            _known[zones.Key] = Best(zones);
        }
    }

    private async Task<CloudflareZone?> AskAsync(string name, string form, CancellationToken ct)
    {
        var request = new CloudflareRequest(HttpMethod.Get, $"/zones?name={Uri.EscapeDataString(form)}", CloudflarePermission.ZoneRead, name);
        CloudflareZone? best = null;
        for (var number = 1; ; number++)
        {
            var page = await http.GetPageAsync(request, number, PerPage, ct).ConfigureAwait(false);
            var zones = page.Items.Select(CloudflareZone.Of).Where(z => z.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            best = Best(best is null ? zones : zones.Prepend(best));
            if (page.IsLast || best is { Status: "active" })
            {
                return best;
            }
        }
    }

    // Several accounts may have a zone of the same name; one of them at most is active.
    private static CloudflareZone? Best(IEnumerable<CloudflareZone> zones) => zones.OrderBy(z => z.Status == "active" ? 0 : 1).FirstOrDefault();

    // No registry lets anybody have a zone of one label.
    private static IEnumerable<string> Parents(string name)
    {
        for (var rest = name; rest.Contains('.'); rest = rest[(rest.IndexOf('.') + 1)..])
        {
            yield return rest;
        }
    }
}
