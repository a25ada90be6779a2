using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A zone as the API describes it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in A-labels, which the API may show in Unicode.</param>
/// <param name="Status"><c>active</c>, or why it is not: <c>initializing</c>, <c>pending</c>, <c>moved</c>.</param>
/// <param name="NameServers">The host names of the servers that it is assigned to.</param>
internal sealed record CloudflareZone(string Id, string Name, string Status, IReadOnlyList<string> NameServers)
{
    /// <summary>The path of its records.</summary>
    public string RecordsPath => $"/zones/{Uri.EscapeDataString(Id)}/dns_records";

    public static CloudflareZone Of(JsonObject zone) => new(
        CloudflareResponse.Text(zone, "id"),
        InternationalName.ToAscii(CloudflareResponse.Text(zone, "name").TrimEnd('.')),
        CloudflareResponse.Text(zone, "status"),
        zone["name_servers"] is JsonArray servers
            ? [.. servers.OfType<JsonValue>().Select(s => s.TryGetValue<string>(out var host) ? host : string.Empty).Where(h => h.Length > 0)]
            : []);

    public DnsZone ToDnsZone() => new(Name, Id, NameServers);
}
