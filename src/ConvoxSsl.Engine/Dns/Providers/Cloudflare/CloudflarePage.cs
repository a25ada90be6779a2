using System.Text.Json.Nodes;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>A page of a list, and whether it is the last.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="IsLast">Whether no page follows.</param>
/// <param name="Total">How many there are on all pages; null where the answer does not tell.</param>
internal sealed record CloudflarePage(IReadOnlyList<JsonObject> Items, bool IsLast, int? Total)
{
    /// <summary>Reads a page. <c>total_pages</c> is not everywhere, and a page past the end need not be empty.</summary>
    public static CloudflarePage Of(CloudflareResponse answer, int page, int perPage)
    {
        var items = answer.Results;
        var size = answer.Info("per_page") is > 0 and var told ? told : perPage;
        var total = answer.Info("total_count");
        var isLast = total is { } count ? (long)page * size >= count : items.Count < size;
        return new CloudflarePage(items, isLast || items.Count == 0, total);
    }
}
