using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A zone of the API.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name in A-labels; the API may return it in Unicode.</param>
/// <param name="Status"><c>active</c>, or another status: <c>initializing</c>, <c>pending</c>, <c>moved</c>.</param>
/// <param name="NameServers">The host names of the assigned name servers.</param>
internal sealed record CloudflareZone(string Id, string Name, string Status, IReadOnlyList<string> NameServers)
{
    /// <summary>The path of the zone's records.</summary>
    public string RecordsPath => $"/zones/{Uri.EscapeDataString(Id)}/dns_records";

    public static CloudflareZone Parse(JsonObject zone) => new(
        CloudflareResponse.Text(zone, "id"),
        InternationalName.ToAscii(CloudflareResponse.Text(zone, "name").TrimEnd('.')),
        CloudflareResponse.Text(zone, "status"),
        zone["name_servers"] is JsonArray servers
            ?
            [
                .. servers.OfType<JsonValue>()
                    .Select(s => s.TryGetValue<string>(out var host) ? host : string.Empty)
                    .Where(h => h.Length > 0),
            ]
            : []);

    public DnsZone ToDnsZone() => new(Name, Id, NameServers);
}
