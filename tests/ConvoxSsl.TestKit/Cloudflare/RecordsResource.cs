using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The records of a zone: lists, reads, creates, deletes and changes them in batches.</summary>
internal sealed class RecordsResource(CloudflareState state, CloudflareTestServerOptions options)
{
    private const int LargestPage = 5_000_000;

    public CloudflareApiResponse Handle(CloudflareApiRequest call, ServedZone zone, string[] rest, ISet<string> changed)
    {
        switch (call.Method, rest)
        {
            case ("GET", []):
                return CloudflareService.Page(call, [.. Of(zone).Where(r => Matches(call, r)).Select(Describe)], 1, LargestPage, 100);
            case ("GET", [var id]):
                return CloudflareApiResponse.Success(Describe(Find(zone, id)));
            case ("POST", []):
                return CloudflareApiResponse.Success(Describe(Create(zone, Document(call), changed)));
            case ("POST", ["batch"]):
                return Batch(zone, Document(call), changed);
            case ("DELETE", [var id]):
                if (call.Body.Length > 0)
                {
                    throw RejectedException.Of(415, 1415, "A DELETE request carries no body");
                }

                Delete(zone, id, changed);
                return new CloudflareApiResponse { Body = new JsonObject { ["result"] = new JsonObject { ["id"] = id } }.ToJsonString() };
            default:
                throw RejectedException.Of(405, 10405, "Method not allowed");
        }
    }

    // A batch is atomic, and deletes before it posts.
    private CloudflareApiResponse Batch(ServedZone zone, JsonObject document, ISet<string> changed)
    {
        var deletes = Items(document, "deletes");
        var posts = Items(document, "posts");
        if (deletes.Count + posts.Count == 0 || document.Any(p => p.Key is not ("deletes" or "posts")))
        {
            throw RejectedException.Of(400, 9207, "A batch needs deletes or posts, and may have nothing else here");
        }

        if (deletes.Count + posts.Count > options.MostPerBatch)
        {
            throw RejectedException.Of(400, 81000, $"Too many changes in the batch: at most {options.MostPerBatch}");
        }

        var (before, names) = (state.Records.ToList(), new HashSet<string>());
        try
        {
            foreach (var item in deletes)
            {
                Delete(zone, item["id"]?.GetValue<string>() ?? string.Empty, names);
            }

            var created = posts.Select(p => Describe(Create(zone, p, names))).ToArray<JsonNode>();
            changed.UnionWith(names);
            return CloudflareApiResponse.Success(new JsonObject
            {
                ["deletes"] = new JsonArray([.. deletes.Select(d => d.DeepClone())]),
                ["patches"] = new JsonArray(),
                ["posts"] = new JsonArray(created),
                ["puts"] = new JsonArray(),
            });
        }
        catch (RejectedException)
        {
            state.Records = before;
            throw;
        }
    }

    private ServedRecord Create(ServedZone zone, JsonObject body, ISet<string> changed)
    {
        var (type, name, content) = (GetText(body, "type"), GetText(body, "name"), GetText(body, "content"));
        if (body["ttl"] is not JsonValue ttlValue || !ttlValue.TryGetValue<int>(out var ttl) || ttl is not (1 or (>= 60 and <= 86400)))
        {
            throw RejectedException.Of(400, 9021, "Invalid TTL. Must be 1 for automatic, else between 60 and 86400 seconds.");
        }

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '*') || name.EndsWith('.')
            || (name != zone.Name && !name.EndsWith("." + zone.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw RejectedException.Of(400, 9000, "DNS name is invalid: it must be the full name in Punycode");
        }

        var record = new ServedRecord(CloudflareState.NewId(), zone.Id, type, name, content, ttl);
        if (type == "TXT")
        {
            _ = TxtRule.Parse(content);
        }

        if (Of(zone).Any(r => r.Type == type && r.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && r.Value == record.Value))
        {
            throw RejectedException.Of(400, 81058, "An identical record already exists.");
        }

        state.Records.Add(record);
        changed.Add(name);
        return record;
    }

    private void Delete(ServedZone zone, string id, ISet<string> changed)
    {
        var record = Find(zone, id);
        state.Records.Remove(record);
        changed.Add(record.Name);
    }

    private ServedRecord Find(ServedZone zone, string id) =>
        Of(zone).FirstOrDefault(r => r.Id == id) ?? throw RejectedException.Of(404, 81044, "Record does not exist.");

    private IEnumerable<ServedRecord> Of(ServedZone zone) => state.Records.Where(r => r.ZoneId == zone.Id);

    private static bool Matches(CloudflareApiRequest call, ServedRecord record) =>
        (!call.Query.TryGetValue("type", out var type) || record.Type == type)
        && (!call.Query.TryGetValue("name", out var name) || record.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        && (!call.Query.TryGetValue("content", out var content) || record.Content == content);

    private static JsonObject Document(CloudflareApiRequest call) =>
        call.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true
        ? call.Document ?? throw RejectedException.Of(400, 9207, "Request body is invalid.")
        : throw RejectedException.Of(415, 1415, "The body must be application/json");

    private static List<JsonObject> Items(JsonObject document, string name) => document[name] switch
    {
        null => [],
        JsonArray items => [.. items.Select(i => i as JsonObject ?? throw RejectedException.Of(400, 9207, $"{name} must hold objects"))],
        _ => throw RejectedException.Of(400, 9207, $"{name} must be a list"),
    };

    private static string GetText(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
        ? text
        : throw RejectedException.Of(400, 9207, $"{name} is required.");

    // Neither zone_id nor zone_name, which Cloudflare has not returned since January 2025:
    // https://developers.cloudflare.com/fundamentals/api/reference/deprecations/#2024-11-30
    private static JsonObject Describe(ServedRecord record) => new()
    {
        ["id"] = record.Id,
        ["type"] = record.Type,
        ["name"] = record.Name,
        ["content"] = record.Content,
        ["ttl"] = record.Ttl,
        ["proxied"] = false,
    };
}
