using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="IsLast">True if this is the last page.</param>
internal sealed record CloudflarePage(IReadOnlyList<JsonObject> Items, bool IsLast)
{
    /// <summary>Parses a page. <c>total_pages</c> is not always present, and a page past the end can have items.</summary>
    public static CloudflarePage Parse(CloudflareResponse response, int page, int perPage)
    {
        var items = response.Results;
        var size = response.Info("per_page") is > 0 and var reported ? reported : perPage;
        var total = response.Info("total_count");
        var isLast = total is { } count ? (long)page * size >= count : items.Count < size;
        return new CloudflarePage(items, isLast || items.Count == 0);
    }
}
