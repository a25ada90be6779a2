using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A token's permission that a call needs, as the dashboard groups them.</summary>
internal enum CloudflarePermission
{
    /// <summary>None: the call is about the credential itself.</summary>
    None,

    /// <summary>Zone.Zone Read.</summary>
    ZoneRead,

    /// <summary>Zone.DNS Edit, which includes reading.</summary>
    DnsEdit,
}

/// <summary>One call of the API.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below the base URL, with its query.</param>
/// <param name="Needs">What the credential must be allowed to.</param>
/// <param name="Subject">The zone or name it is about, for messages; null where it is about none.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record CloudflareRequest(
    HttpMethod Method, string Path, CloudflarePermission Needs, string? Subject, JsonObject? Body = null);
