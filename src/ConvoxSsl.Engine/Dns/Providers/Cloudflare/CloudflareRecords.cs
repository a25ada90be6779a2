using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A TXT record of a zone.</summary>
/// <param name="Id">The id.</param>
/// <param name="Record">The name and value.</param>
internal sealed record CloudflareRecord(string Id, TxtRecord Record);

/// <summary>A change: a record to create or to delete.</summary>
/// <param name="Record">The name and value.</param>
/// <param name="DeletedId">The id of the record to delete; null to create one.</param>
internal sealed record CloudflareChange(TxtRecord Record, string? DeletedId = null);

/// <summary>The TXT records of zones (<see href="https://developers.cloudflare.com/api/resources/dns/subresources/records/"/>).</summary>
internal sealed class CloudflareRecords(CloudflareHttp http)
{
    private const int PerPage = 1000;

    // The minimum of every plan: a value is seldom queried twice, and a wrong one must not be cached for long.
    private const int TimeToLive = 60;

    // From this number of names on, all records of the zone are read with one request.
    private const int MinNamesForFullList = 4;

    /// <summary>Gets the TXT records at these names.</summary>
    public async Task<IReadOnlyList<CloudflareRecord>> ListAsync(
        CloudflareZone zone, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        if (names.Count >= MinNamesForFullList)
        {
            // Only if it fits on one page: records could move between pages, and a missed one would never be removed.
            var all = await http.GetPageAsync(ListRequest(zone, null), 1, PerPage, ct).ConfigureAwait(false);
            if (all.IsLast)
            {
                return Read(all, names);
            }
        }

        var found = new List<CloudflareRecord>();
        foreach (var name in names)
        {
            CloudflarePage page;
            var number = 1;
            do
            {
                page = await http.GetPageAsync(ListRequest(zone, name), number++, PerPage, ct).ConfigureAwait(false);
                found.AddRange(Read(page, [name]));
            }
            while (!page.IsLast);
        }

        return found;
    }

    /// <summary>Creates or deletes a record. It is not an error if it already exists or no longer exists.</summary>
    public async Task WriteAsync(CloudflareZone zone, CloudflareChange change, CancellationToken ct)
    {
        try
        {
            await http.SendAsync(
                change.DeletedId is { } id
                    ? new(HttpMethod.Delete, $"{zone.RecordsPath}/{Uri.EscapeDataString(id)}", CloudflarePermission.DnsEdit, zone.Name)
                    : new(HttpMethod.Post, zone.RecordsPath, CloudflarePermission.DnsEdit, zone.Name, Describe(change.Record)),
                ct).ConfigureAwait(false);
        }
        catch (CloudflareException e) when (change.DeletedId is null
            ? e.Has(CloudflareErrors.RecordExists, CloudflareErrors.IdenticalRecordExists)
            : e.Status == 404)
        {
        }
    }

    /// <summary>Writes all of these changes or none.</summary>
    public Task WriteAsync(CloudflareZone zone, IReadOnlyList<CloudflareChange> changes, CancellationToken ct)
    {
        var body = new JsonObject();
        var deletes = changes.Where(c => c.DeletedId is not null).Select(c => new JsonObject { ["id"] = c.DeletedId }).ToArray<JsonNode>();
        var posts = changes.Where(c => c.DeletedId is null).Select(c => Describe(c.Record)).ToArray<JsonNode>();
        if (deletes.Length > 0)
        {
            body["deletes"] = new JsonArray(deletes);
        }

        if (posts.Length > 0)
        {
            body["posts"] = new JsonArray(posts);
        }

        return http.SendAsync(new(HttpMethod.Post, zone.RecordsPath + "/batch", CloudflarePermission.DnsEdit, zone.Name, body), ct);
    }

    private static CloudflareRequest ListRequest(CloudflareZone zone, string? name) => new(
        HttpMethod.Get,
        $"{zone.RecordsPath}?type=TXT{(name is null ? string.Empty : $"&name={Uri.EscapeDataString(name)}")}",
        CloudflarePermission.DnsEdit,
        zone.Name);

    private static IReadOnlyList<CloudflareRecord> Read(CloudflarePage page, IReadOnlyCollection<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. page.Items
            .Where(r => CloudflareResponse.Text(r, "type") == "TXT" && wanted.Contains(CloudflareResponse.Text(r, "name")))
            .Select(r => new CloudflareRecord(
                CloudflareResponse.Text(r, "id"),
                new TxtRecord(CloudflareResponse.Text(r, "name"), TxtContent.Unquote(CloudflareResponse.Text(r, "content")))))];
    }

    private static JsonObject Describe(TxtRecord record) => new()
    {
        ["type"] = "TXT",
        ["name"] = record.Name,
        ["content"] = TxtContent.Quote(record.Value),
        ["ttl"] = TimeToLive,
    };
}
