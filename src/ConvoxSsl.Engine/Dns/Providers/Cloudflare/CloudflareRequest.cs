using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>The permissions of a token, as the dashboard groups them.</summary>
internal enum CloudflarePermission
{
    /// <summary>None: the request concerns the credential itself.</summary>
    None,

    /// <summary>Zone.Zone Read.</summary>
    ZoneRead,

    /// <summary>Zone.DNS Edit, which includes reading.</summary>
    DnsEdit,
}

/// <summary>A request to the API.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below the base URL, with its query.</param>
/// <param name="Needs">The required permission.</param>
/// <param name="Subject">The zone or name, for messages; null if there is none.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record CloudflareRequest(
    HttpMethod Method, string Path, CloudflarePermission Needs, string? Subject, JsonObject? Body = null);
